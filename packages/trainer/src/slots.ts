import * as tf from '@tensorflow/tfjs-core';

/** Optimiser state: one tensor per weight, 0 until it is first set. */
export class Slots {
  readonly tensors = new Map<string, tf.Tensor>();

  get(name: string, like: tf.Tensor): tf.Tensor {
    return this.tensors.get(name) ?? tf.zerosLike(like);
  }

  /** Takes the tensor over, whatever tidy it was made in. */
  set(name: string, value: tf.Tensor): void {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tf.keep(value));
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}
