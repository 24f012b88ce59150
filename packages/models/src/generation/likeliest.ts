import * as tf from '@tensorflow/tfjs-core';
import { fused } from '../layers/fused';

/**
 * The likeliest token after each hidden state: argmax_v h . W_v, of equals the lowest. It has no gradient.
 *
 * Kernel: `HalokitLikeliest` (hidden, vocabulary) to ids and sums.
 *
 * @param hidden [rows, width]
 * @param vocabulary [vocabulary, width]
 * @returns ids, int32 [rows], and the sum of each row's logits, [rows], which is NaN where one of them is
 */
export function likeliest(hidden: tf.Tensor2D, vocabulary: tf.Tensor2D): [ids: tf.Tensor1D, sums: tf.Tensor1D] {
  const outputs = fused('HalokitLikeliest', { hidden, vocabulary }, {}, () => {
    const logits = tf.matMul(hidden, vocabulary, false, true);
    return [tf.argMax(logits, 1), tf.sum(logits, 1)] as const;
  });
  return [outputs[0] as tf.Tensor1D, outputs[1] as tf.Tensor1D];
}
