import * as tf from '@tensorflow/tfjs-core';
import type { Logps, PreparedRows, Rows } from './contract';

/** Bounds on each token's log-ratio; "humanline" uses [-1, 1.5]. */
export type LogRatioClamp = readonly [low: number, high: number];

/**
 * Log-probability of each response: sum over its tokens, [rows].
 *
 * l_i = sum_t mask_it log pi(y_it | x_i, y_i,<t), natural logarithm.
 */
export function sequenceLogps({ tokens, mask }: Logps): tf.Tensor1D {
  return tf.sum(tf.mul(tokens, mask), 1);
}

/**
 * Log-ratio of each response, [rows]: d_i = sum_t (log pi(y_it) - log pi_ref(y_it)).
 *
 * With `clamp`, each token's difference is clamped first; a clamped token passes no gradient.
 *
 * @throws Error when the rows carry no reference: the loss must declare `needs: { reference: true }`.
 */
export function logRatios(rows: Rows, clamp?: LogRatioClamp): tf.Tensor1D {
  if (!rows.reference)
    throw new Error('This loss reads a reference it did not declare: add needs: { reference: true }.');
  const { policy, reference } = rows;
  const difference = tf.mul(tf.sub(policy.tokens, reference.tokens), policy.mask);
  return tf.sum(clamp ? tf.clipByValue(difference, clamp[0], clamp[1]) : difference, 1);
}

/** The same on plain data, without gradient: one number per row, summed in double precision. */
export function preparedLogRatios(rows: PreparedRows | undefined, clamp?: LogRatioClamp): number[] {
  if (!rows?.policy || !rows.reference) {
    throw new Error('This loss prepares from rows it did not declare: add needs: { reference: true, kl: true }.');
  }
  const [low, high] = clamp ?? [-Infinity, Infinity];
  const reference = rows.reference;
  return rows.policy.map((row, i) => {
    let sum = 0;
    for (let t = 0; t < row.length; t++) {
      sum += Math.min(Math.max((row[t] as number) - (reference[i]?.[t] as number), low), high);
    }
    return sum;
  });
}
