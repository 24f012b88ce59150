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
  // All are alike if each is like the next. Bytes are compared, natively, so that -0 is not taken for 0.
  const bytes = Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength);
  const size = elements.BYTES_PER_ELEMENT;
  const alike = bytes.subarray(size).equals(bytes.subarray(0, -size));
  return alike && !Object.is(first, -0) ? first : undefined;
}
