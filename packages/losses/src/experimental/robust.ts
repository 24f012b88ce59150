import type { PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logSigmoid, mixed } from '../value_functions';

export interface RobustOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** Share of the preferences that are flipped, below 1/2. */
  readonly epsilon?: number;
}

export const robustDefaults: Required<RobustOptions> = { beta: 0.1, epsilon: 0.1 };

/**
 * Robust DPO: an unbiased estimate of DPO's loss on clean labels, from labels of which a share epsilon is flipped.
 *
 *     loss_i = ((1 - epsilon) (-log sigma(z_i)) - epsilon (-log sigma(-z_i))) / (1 - 2 epsilon)
 *     z_i    = beta (d_w,i - d_l,i),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * Where cDPO adds the flipped term, this subtracts it. Rewards are beta d.
 *
 * @throws RangeError for an epsilon outside [0, 1/2)
 *
 * Source: Chowdhury et al., "Provably Robust DPO: Aligning Language Models with Noisy Feedback", equation 12.
 */
export function robust(options: RobustOptions = {}): PreferenceLoss {
  const { beta, epsilon } = { ...robustDefaults, ...options };
  if (!(epsilon >= 0 && epsilon < 0.5))
    throw new RangeError(`epsilon is ${epsilon}: give a number from 0 to below 0.5.`);
  const value = mixed(logSigmoid, (1 - epsilon) / (1 - 2 * epsilon), -epsilon / (1 - 2 * epsilon));
  return {
    name: 'robust',
    feedback: 'preferences',
    needs: { reference: true },
    value,
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      return { losses: value.loss(margin(rewards)), rewards };
    },
  };
}
