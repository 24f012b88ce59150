import type { PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logSigmoid, mixed } from '../value_functions';

export interface CdpoOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** Share of the preferences that are taken for wrong, 0 to 1. */
  readonly epsilon?: number;
}

export const cdpoDefaults: Required<CdpoOptions> = { beta: 0.1, epsilon: 0.2 };

/**
 * Conservative DPO: a share epsilon of the labels is taken to be flipped.
 *
 *     loss_i = (1 - epsilon) (-log sigma(z_i)) + epsilon (-log sigma(-z_i))
 *     z_i    = beta (d_w,i - d_l,i),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * Rewards are beta d.
 *
 * Source: Mitchell, "A note on DPO with noisy preferences and relationship to IPO", equation 3.
 */
export function cdpo(options: CdpoOptions = {}): PreferenceLoss {
  const { beta, epsilon } = { ...cdpoDefaults, ...options };
  const value = mixed(logSigmoid, 1 - epsilon, epsilon);
  return {
    name: 'cdpo',
    feedback: 'preferences',
    needs: { reference: true },
    value,
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      return { losses: value.loss(margin(rewards)), rewards };
    },
  };
}
