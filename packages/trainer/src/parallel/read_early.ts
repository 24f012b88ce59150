import * as tf from '@tensorflow/tfjs-core';

/** What a backend may have: `read` that does not wait for all else that was asked for. */
interface ReadsEarly {
  readEarly(dataId: tf.DataId): Promise<Float32Array>;
}

/** A tensor's numbers as soon as they are computed, where the backend can say when that is. They are the caller's. */
export function readEarly(tensor: tf.Tensor): Promise<Float32Array> {
  const backend = tf.backend() as Partial<ReadsEarly>;
  return backend.readEarly?.(tensor.dataId) ?? tensor.data<'float32'>();
}
