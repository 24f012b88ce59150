import * as tf from '@tensorflow/tfjs-core';

/** What a backend may have beside `read`, so that a tensor is not waited for longer than it takes, nor copied. */
interface OwnsMemory {
  /** `read` that does not wait for all else that was asked for. */
  readEarly(dataId: tf.DataId): Promise<Float32Array>;
  /** The numbers where they lie, to be changed in place; undefined where that would change another tensor too. */
  inPlace(dataId: tf.DataId): Promise<Float32Array | undefined>;
}

const backend = () => tf.backend() as Partial<OwnsMemory>;

/** A copy of a tensor's numbers as soon as they are computed, where the backend can say when that is. */
export function readEarly(tensor: tf.Tensor): Promise<Float32Array> {
  return backend().readEarly?.(tensor.dataId) ?? tensor.data<'float32'>();
}

/** A tensor's numbers, to be read before anything else happens to it. */
export async function numbersOf(tensor: tf.Tensor | undefined): Promise<Float32Array | undefined> {
  return tensor && ((await inPlace(tensor)) ?? (await tensor.data<'float32'>()));
}

/** A tensor's numbers as soon as they are computed, of which a change changes the tensor; undefined where they cannot be had. */
export async function inPlace(tensor: tf.Tensor): Promise<Float32Array | undefined> {
  return await backend().inPlace?.(tensor.dataId);
}
