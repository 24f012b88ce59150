import type { ClassWeights } from '../classes';
import type { BinaryLoss } from '../contract';
import { prospect } from '../prospect';
import { mismatchedMean } from '../reference_points';
import { logistic } from '../value_functions';

export interface KtoOptions extends ClassWeights {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** Over what the reference point is estimated: the whole effective batch, or each microbatch as the peers do. */
  readonly z0?: 'batch' | 'microbatch';
  /** Rows in the mean of z0. HALOs' main branch leaves out those whose log-ratio is exactly 0. */
  readonly z0Rows?: 'all' | 'nonzero';
}

export const ktoDefaults: Required<KtoOptions> = {
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
  z0: 'batch',
  z0Rows: 'all',
};

/**
 * Kahneman-Tversky optimisation: a thumb up or down on one response is enough.
 *
 *     loss_i = lambda_D (1 - sigma(beta (d_i - z0)))      desirable
 *     loss_i = lambda_U (1 - sigma(beta (z0 - d_i)))      undesirable
 *     d_i    = log pi(y_i | x_i) - log pi_ref(y_i | x_i)
 *     z0     = max(0, mean_j d(x_j, y_k)), k another prompt's response; no gradient
 *
 * Rewards are beta d. The metric `kl` is z0, in nats; `kl/mean` the same before it is clamped, `kl/std` the standard
 * deviation of the `kl/pairs` log-ratios in it.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", equations 7 and 8.
 *
 * @example
 * const loss = kto({ beta: 0.1, desirableWeight: 1.33 });
 */
export function kto(options: KtoOptions = {}): BinaryLoss<{ z0: number }> {
  const { z0, z0Rows, ...scales } = { ...ktoDefaults, ...options };
  return prospect({ ...scales, name: 'kto', value: logistic, reference: mismatchedMean({ over: z0, rows: z0Rows }) });
}
