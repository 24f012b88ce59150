import * as tf from '@tensorflow/tfjs-core';
import type { BinaryLoss } from './contract';
import { type LogRatioClamp, logRatios, preparedLogRatios } from './log_ratio';

export interface KtoOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** lambda_D, the weight of desirable examples. */
  readonly desirableWeight?: number;
  /** lambda_U, the weight of undesirable examples. */
  readonly undesirableWeight?: number;
  /** Over what the reference point is estimated: the whole effective batch, or each microbatch as the peers do. */
  readonly z0?: 'batch' | 'microbatch';
  /** Rows in the mean of z0. HALOs' main branch leaves out those whose log-ratio is exactly 0. */
  readonly z0Rows?: 'all' | 'nonzero';
  /** Clamp each token's log-ratio ("humanline"). */
  readonly clamp?: LogRatioClamp;
}

export const ktoDefaults = {
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
  z0: 'batch',
  z0Rows: 'all',
  clamp: undefined,
} satisfies KtoOptions;

/**
 * Kahneman-Tversky optimisation: a thumb up or down on one response is enough.
 *
 *     loss_i = lambda_D (1 - sigma(beta (d_i - z0)))      desirable
 *     loss_i = lambda_U (1 - sigma(beta (z0 - d_i)))      undesirable
 *     d_i    = log pi(y_i | x_i) - log pi_ref(y_i | x_i)
 *     z0     = max(0, mean_j d(x_j, y_k)), k another prompt's response; no gradient
 *
 * Rewards are beta d. The metric `kl` is z0, in nats.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", equations 7 and 8.
 *
 * @example
 * const loss = kto({ beta: 0.1, desirableWeight: 1.33 });
 */
export function kto(options: KtoOptions = {}): BinaryLoss<{ z0: number }> {
  const { beta, desirableWeight, undesirableWeight, z0: over, z0Rows, clamp } = { ...ktoDefaults, ...options };
  return {
    name: 'kto',
    feedback: 'binary',
    needs: { reference: true, kl: true },
    statisticsOver: over,
    prepare({ kl }) {
      const drift = preparedLogRatios(kl, clamp).filter((d) => z0Rows === 'all' || d !== 0);
      const mean = drift.reduce((sum, d) => sum + d, 0) / Math.max(drift.length, 1);
      const z0 = Math.max(0, mean);
      return { statistics: { z0 }, metrics: { kl: z0 } };
    },
    losses(rows, { z0 }) {
      const d = logRatios(rows, clamp);
      const sign = tf.sub(tf.mul(rows.desirable, 2), 1);
      const weight = tf.add(tf.mul(rows.desirable, desirableWeight - undesirableWeight), undesirableWeight);
      // 1 - sigma(x) = sigma(-x), which keeps its digits where x is large.
      const losses = tf.mul<tf.Tensor1D>(weight, tf.sigmoid(tf.mul(tf.mul(sign, -beta), tf.sub(d, z0))));
      return { losses, rewards: tf.mul<tf.Tensor1D>(d, beta) };
    },
  };
}
