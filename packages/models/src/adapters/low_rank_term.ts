import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { matricesOf, scaleOf } from './adapter';
import { keptInputs, projectKept } from './dropout';

/**
 * What a model's adapter adds to a linear layer's result, where it has matrices for it:
 *
 *     (alpha / rank) dropout(x) A^T B^T
 *
 * @param module the layer's whole name
 * @param x [..., in]
 * @returns [..., out]
 */
export function lowRankTerm({ weights, adapter }: CausalLM, module: string, x: tf.Tensor): tf.Tensor | undefined {
  const names = matricesOf(module);
  const [a, b] = [weights.get(names.a), weights.get(names.b)] as (tf.Tensor2D | undefined)[];
  if (!adapter || !a || !b) return undefined;
  const [height, width] = [b.shape[0], a.shape[1]];
  const flat = tf.reshape(x, [-1, width]) as tf.Tensor2D;
  const { dropout, draw } = adapter;
  const down =
    draw === undefined
      ? tf.matMul(flat, a, false, true)
      : projectKept(flat, a, keptInputs(flat.shape, dropout, `${draw} ${module}`), 1 / (1 - dropout));
  const change = tf.matMul(tf.mul(down, scaleOf(adapter)) as tf.Tensor2D, b, false, true);
  return tf.reshape(change, [...x.shape.slice(0, -1), height]);
}
