import type { BackendValues, DataType } from '@tensorflow/tfjs-core';
import { full } from './graph/record';
import { fromNumbers, hostBytes, type Value } from './graph/value';
import { type ElementType, elementTypes } from './onnx/element_type';

/** The value of a tensor whose numbers TensorFlow.js hands over; they are copied. @throws Error for a type without numbers */
export function fromHost(values: BackendValues, shape: readonly number[], dtype: DataType): Value {
  const type = dtype as ElementType;
  const { array } = elementTypes[type] ?? {};
  if (!array) throw new Error(`The onnxruntime backend holds no ${dtype} tensors.`);
  const elements = values instanceof array ? values : (array as Float32ArrayConstructor).from(values as Float32Array);
  const large = elements instanceof Float32Array && elements.byteLength > hostBytes;
  const same = large ? sameEverywhere(elements) : undefined;
  return same === undefined ? fromNumbers(elements, type, shape) : full(same, type, [...shape]);
}

/** 0 or 1 where there is nothing else: `tf.ones` and its kind write them out, and the graph can make them itself. */
function sameEverywhere(elements: Float32Array): 0 | 1 | undefined {
  const [first] = elements;
  if (first !== 0 && first !== 1) return undefined;
  // Bits are compared, so that -0 is not taken for 0.
  const bits = new Uint32Array(elements.buffer, elements.byteOffset, elements.length);
  const wanted = first === 0 ? 0 : 0x3f800000;
  for (let i = 0; i < bits.length; i++) if (bits[i] !== wanted) return undefined;
  return first;
}
