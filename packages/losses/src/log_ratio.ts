import * as tf from '@tensorflow/tfjs-core';
import type { LogpRows, Logps, PreparedRows, Rows } from './contract';

/**
 * Log-probability of each response: sum over its tokens, [rows].
 *
 * l_i = sum_t mask_it log pi(y_it | x_i, y_i,<t), natural logarithm.
 */
export function sequenceLogps({ tokens, mask }: Logps): tf.Tensor1D {
  return tf.sum(tf.mul(tokens, mask), 1);
}

/** The same, a mean over the response's tokens; 0 for a response without any. */
export function meanLogps(logps: Logps): tf.Tensor1D {
  return tf.div(sequenceLogps(logps), responseLengths(logps.mask));
}

/**
 * Log-ratio of each response, [rows]: d_i = sum_t (log pi(y_it) - log pi_ref(y_it)).
 *
 * @throws Error when the rows carry no reference: the loss must declare `needs: { reference: true }`.
 */
export function logRatios(rows: Rows): tf.Tensor1D {
  return tf.sum(tokenLogRatios(rows), 1);
}

/** The same, a mean over the response's tokens; 0 for a response without any. */
export function meanLogRatios(rows: Rows): tf.Tensor1D {
  return tf.div(logRatios(rows), responseLengths(rows.policy.mask));
}

/** Log-ratio of each response token, [rows, tokens], 0 where the mask is. @throws Error as `logRatios` does */
export function tokenLogRatios({ policy, reference }: Rows): tf.Tensor2D {
  if (!reference) throw new Error('This loss reads a reference it did not declare: add needs: { reference: true }.');
  return tf.mul(tf.sub(policy.tokens, reference.tokens), policy.mask);
}

/** The share of each response's tokens of which something holds, [rows]; 0 for a response without any. */
export function shareOfTokens(holds: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor1D {
  return tf.div(tf.sum(tf.mul(tf.cast(holds, 'float32'), mask), 1), responseLengths(mask));
}

/** Tokens of each response, at least 1, [rows]. */
function responseLengths(mask: tf.Tensor2D): tf.Tensor1D {
  return tf.maximum(tf.sum<tf.Tensor1D>(mask, 1), 1);
}

/** Log-ratios of plain data, without gradient: one number per row, summed in double precision. */
export function preparedLogRatios(rows: PreparedRows | undefined): number[] {
  const { policy, reference } = rows ?? {};
  if (!policy || !reference) throw undeclared('reference: true, and kl or policyInPrepare: true');
  const [ours, theirs] = [rowSums(policy), rowSums(reference)];
  return ours.map((sum, i) => sum - (theirs[i] as number));
}

/** Mean log-probability per token of plain data: one number per row; 0 for a response without any token. */
export function preparedMeanLogps(rows: PreparedRows | undefined): number[] {
  const policy = rows?.policy;
  if (!policy) throw undeclared('kl or policyInPrepare: true');
  return rowSums(policy).map((sum, i) => sum / Math.max(policy[i]?.length ?? 0, 1));
}

function rowSums(rows: LogpRows): number[] {
  return rows.map((row) => {
    let sum = 0;
    for (let t = 0; t < row.length; t++) sum += row[t] as number;
    return sum;
  });
}

function undeclared(needs: string): Error {
  return new Error(`This loss prepares from rows it did not declare: add needs: { ${needs} }.`);
}
