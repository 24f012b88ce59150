import * as tf from '@tensorflow/tfjs-core';

/**
 * Layer normalisation over the last axis: (x - mean) / sqrt(variance + epsilon) x weight + bias, biased variance.
 *
 * Source: Ba et al., "Layer Normalization".
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), weight), bias);
}
