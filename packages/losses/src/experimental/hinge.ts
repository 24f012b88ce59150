import type { PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { hingeValue } from '../value_functions';

export interface HingeOptions {
  /** How strongly the policy is held to the reference; the rewards' scale, and with it the margin's: 1 / beta nats. */
  readonly beta?: number;
}

export const hingeDefaults: Required<HingeOptions> = { beta: 0.1 };

/**
 * SLiC's margin on log-ratios.
 *
 *     loss_i = max(0, 1 - beta (d_w,i - d_l,i)),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * Rewards are beta d.
 *
 * Source: Liu et al., "Statistical Rejection Sampling Improves Preference Optimization", equation 10.
 */
export function hinge(options: HingeOptions = {}): PreferenceLoss {
  const { beta } = { ...hingeDefaults, ...options };
  const value = hingeValue(1);
  return {
    name: 'hinge',
    feedback: 'preferences',
    needs: { reference: true },
    value,
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      return { losses: value.loss(margin(rewards)), rewards };
    },
  };
}
