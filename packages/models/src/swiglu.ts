import * as tf from '@tensorflow/tfjs-core';

/**
 * Gated unit of Llama's MLP: silu(gate) x up, silu(x) = x sigma(x).
 *
 * Source: Shazeer, "GLU Variants Improve Transformer".
 */
export function swiglu<T extends tf.Tensor>(gate: T, up: T): T {
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up) as T;
}
