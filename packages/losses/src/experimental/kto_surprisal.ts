import type { ClassWeights } from '../classes';
import type { BinaryLoss } from '../contract';
import { prospect } from '../prospect';
import { mismatchedMean } from '../reference_points';
import { logistic } from '../value_functions';

export interface KtoSurprisalOptions extends ClassWeights {
  /** The rewards' scale. */
  readonly beta?: number;
}

export const ktoSurprisalDefaults: Required<KtoSurprisalOptions> = {
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
};

/**
 * KTO without a reference model: the reward is the mean log-probability per token, and so is the reference point.
 *
 *     loss_i = lambda (1 - sigma(+-beta (l_i - z0))),  l = mean over the response's tokens of log pi(y_t)
 *     z0     = mean of l over mismatched rows, not clamped; no gradient
 *
 * The sign is that of the thumb. Rewards are beta l: the surprisal is -l, whatever the name says.
 *
 * Source: HALOs `KTOSurprisalTrainer`.
 */
export function ktoSurprisal(options: KtoSurprisalOptions = {}): BinaryLoss<{ z0: number }> {
  const scales = { ...ktoSurprisalDefaults, ...options };
  const reference = mismatchedMean({ clamp: false });
  return prospect({ ...scales, name: 'ktoSurprisal', value: logistic, reference, reward: 'mean-logp' });
}
