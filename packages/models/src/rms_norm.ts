import * as tf from '@tensorflow/tfjs-core';

/**
 * Root-mean-square normalisation over the last axis: x / sqrt(mean(x^2) + epsilon) x weight.
 *
 * Source: Zhang and Sennrich, "Root Mean Square Layer Normalization".
 */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor {
  const square = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(square, epsilon))), weight);
}
