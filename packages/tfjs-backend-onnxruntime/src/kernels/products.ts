import { lacks } from '../binding/environment';
import { apply } from '../graph/record';
import type { Value } from '../graph/value';
import type { Attributes } from '../onnx/model';
import * as op from './ops';

export interface ProductOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** What the product is multiplied by, for nothing. */
  readonly alpha?: number;
}

export interface GemmOptions extends ProductOptions {
  /** What is added to the product: of its shape, or broadcast to it. */
  readonly plus?: Value;
}

/** alpha a b + plus, of matrices. */
export function gemm(a: Value, b: Value, { plus, ...options }: GemmOptions = {}): Value {
  const inputs = plus ? [a, b, plus] : [a, b];
  return apply('Gemm', inputs, { type: a.type, shape: sides(a, b, options) }, { attributes: attributesOf(options) });
}

/** alpha a b, of as many matrices as the axes before the last two say. @param batch those axes of the result */
export function products(a: Value, b: Value, batch: readonly number[], options: ProductOptions = {}): Value {
  const output = { type: a.type, shape: [...batch, ...sides(a, b, options)] };
  if (!lacks('FusedMatMul')) {
    return apply('FusedMatMul', [a, b], output, { attributes: attributesOf(options), domain: 'com.microsoft' });
  }
  const { transA = false, transB = false, alpha = 1 } = options;
  // Multiplied before the product, where there are fewer numbers.
  const left = alpha === 1 ? a : op.mul(a, op.like(a, alpha));
  return apply('MatMul', [turned(left, transA), turned(b, transB)], output);
}

function turned(x: Value, transposed: boolean): Value {
  const axes = x.shape.map((_, axis) => axis);
  return transposed ? op.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : x;
}

function sides(a: Value, b: Value, { transA, transB }: ProductOptions): [number, number] {
  return [a.shape.at(transA ? -1 : -2) as number, b.shape.at(transB ? -2 : -1) as number];
}

function attributesOf({ transA = false, transB = false, alpha = 1 }: ProductOptions): Attributes {
  return { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha: { float: alpha } };
}
