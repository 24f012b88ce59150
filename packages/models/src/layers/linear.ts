import * as tf from '@tensorflow/tfjs-core';

/**
 * x W^T + b over the last axis: x [..., in], weight [out, in] as checkpoints store it, bias [out], result [..., out].
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const inner = x.shape.at(-1) as number;
  const flat = tf.reshape(x, [-1, inner]) as tf.Tensor2D;
  const product = tf.matMul(flat, weight as tf.Tensor2D, false, true);
  const result = bias ? tf.add(product, bias) : product;
  return tf.reshape(result, [...x.shape.slice(0, -1), weight.shape[0] as number]);
}
