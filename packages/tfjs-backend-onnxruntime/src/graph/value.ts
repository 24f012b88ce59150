import { currentDevice } from '../binding/environment';
import { NativeTensor } from '../binding/native_tensor';
import { type Elements, type ElementType, elementTypes } from '../onnx/element_type';
import type { Node } from './node';

/** Arrays up to this size stay in JavaScript as well, where kernels can look at them: ids, labels, scalars. */
export const hostBytes = 1 << 16;

/**
 * An array of numbers that is there, or that is known how to compute: what stands behind a tensor, and behind every
 * intermediate step of a kernel.
 */
export class Value {
  /** Its numbers, where JavaScript has them. Never written again. */
  host?: Elements;
  /** Its numbers in native memory. */
  tensor?: NativeTensor;
  /** Its numbers on the way to a device: they go there when a graph first reads them. */
  staged?: Elements;
  /** How it is computed. Stays until the numbers are there for as long as somebody holds them. */
  node?: Node;
  /** What is made part of a graph, rather than handed to it: the text that tells it from other constants. */
  constantKey?: string;
  /** Tensors of TensorFlow.js that have these numbers. */
  holders = 0;
  /** Nodes that read it and have not run yet. */
  readers = 0;
  /** Planned chunks that read it and have not run yet. */
  claims = 0;
  /** A flush that computes it is under way. */
  scheduled = false;
  /** It can never be computed, for this reason. */
  failure?: Error;
  /** Its sparse form, where it is a sum of rows into segments that nobody has asked to see yet. */
  sparse?: SparseRows;
  /** Its whole numbers are known to lie in [0, bound): indices that need no check. */
  bound?: number;
  /** It stands for what a routine will be called with: `bound` is then what its callers must know. */
  argument?: boolean;
  /** The same numbers in other shapes, for as long as they are not there. */
  reshaped?: Map<string, Value>;
  /** The same numbers as float16, and as float32 where they are float16. */
  narrowed?: Value;
  widened?: Value;

  constructor(
    readonly type: ElementType,
    readonly shape: readonly number[],
  ) {}

  get ready(): boolean {
    return this.host !== undefined || this.tensor !== undefined || this.staged !== undefined;
  }

  /** Nobody will read it any more. */
  get unwanted(): boolean {
    return this.holders + this.readers + this.claims === 0;
  }

  get size(): number {
    return this.shape.reduce((size, n) => size * n, 1);
  }

  get bytes(): number {
    return this.size * elementTypes[this.type].bytes;
  }

  /** The numbers in native memory, copied there now if they were not. */
  native(): NativeTensor {
    if (!this.tensor) {
      const numbers = this.host ?? this.staged;
      if (!numbers) throw new Error('A value was used before it was computed.');
      this.tensor = NativeTensor.from(numbers, this.type, this.shape);
      this.staged = undefined;
    }
    return this.tensor;
  }

  /** A copy of the numbers, where JavaScript has them. */
  copy(): Elements | undefined {
    return (this.host ?? this.staged)?.slice();
  }

  /** Gives the native memory back. The numbers are gone, unless JavaScript has them too. */
  free(): void {
    this.tensor?.release();
    this.tensor = undefined;
    this.staged = undefined;
  }
}

/** Rows that are to be added up: row i belongs to segment ids[i]. Out of range ids are left out. */
export interface SparseRows {
  /** int32 [rows] */
  readonly ids: Value;
  /** [rows, ...] */
  readonly rows: Value;
}

/** A value from numbers of the caller's, which are copied. */
export function fromNumbers(values: Elements, type: ElementType, shape: readonly number[]): Value {
  const value = new Value(type, [...shape]);
  if (values.byteLength <= hostBytes) {
    value.host = values.slice();
  } else {
    if (currentDevice().memory) value.staged = values.slice();
    else value.tensor = NativeTensor.from(values, type, value.shape);
    // Kernels cannot look at them any more, to see whether indices are in range.
    value.bound = boundOf(values);
  }
  return value;
}

/** The least bound of whole numbers that are not negative; undefined for others. */
function boundOf(values: Elements): number | undefined {
  if (!(values instanceof Int32Array)) return undefined;
  let largest = -1;
  for (const value of values) {
    if (value < 0) return undefined;
    if (value > largest) largest = value;
  }
  return largest + 1;
}
