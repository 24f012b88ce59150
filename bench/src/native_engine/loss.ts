import * as tf from '@tensorflow/tfjs-core';
import { hiddenStates } from './forward';
import type { Model } from './model';

/**
 * Mean negative log-probability of the labels over the whole vocabulary:
 *
 *     mean_i ( log sum_v exp(h_i . W_v) - h_i . W[label_i] )
 *
 * The label's logit comes from its own row of the vocabulary matrix, so nothing picks out of [tokens, vocabulary].
 */
export function loss(model: Model, ids: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const head = model.weights.get('embed_out.weight') as tf.Tensor2D;
  const hidden = hiddenStates(model, ids);
  const labelLogits = tf.sum(tf.mul(hidden, tf.gather(head, labels)), 1);
  return tf.mean(tf.sub(logSumExp(tf.matMul(hidden, head, false, true)), labelLogits));
}

/**
 * log sum exp over the last axis, [n, vocabulary] to [n]. `tf.logSumExp` is the same forward, but its gradient also
 * goes through the maximum, where it cancels out after several passes over the largest tensor there is; the true one is
 * softmax. PyTorch's cross-entropy has it by hand as well.
 */
function logSumExp(logits: tf.Tensor2D): tf.Tensor1D {
  const operation = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc];
    const largest = tf.max(z, 1, true);
    const value = tf.add(largest, tf.log(tf.sum(tf.exp(tf.sub(z, largest)), 1, true)));
    save([z, value]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [z, value] = saved as [tf.Tensor2D, tf.Tensor2D];
      return tf.mul(tf.exp(tf.sub(z, value)), dy);
    };
    return { value, gradFunc };
  });
  return tf.squeeze(operation(logits), [1]);
}
