import * as tf from '@tensorflow/tfjs-core';
import type { Storage } from '../storage/storage';
import { storedProduct } from '../storage/stored_product';

/**
 * x W^T + b over the last axis: x [..., in], weight [out, in] as checkpoints store it, bias [out], result [..., out].
 *
 * @param storage what a frozen weight is packed in
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor, storage?: Storage): tf.Tensor {
  const inner = x.shape.at(-1) as number;
  const flat = tf.reshape(x, [-1, inner]) as tf.Tensor2D;
  const w = weight as tf.Tensor2D;
  const product = storage ? storedProduct(flat, w, storage) : tf.matMul(flat, w, false, true);
  const result = bias ? tf.add(product, bias) : product;
  return tf.reshape(result, [...x.shape.slice(0, -1), weight.shape[0] as number]);
}
