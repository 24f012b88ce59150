import type { PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logSigmoid } from '../value_functions';

export interface DpoOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const dpoDefaults: Required<DpoOptions> = { beta: 0.1 };

/**
 * Direct preference optimisation.
 *
 *     loss_i = -log sigma(beta (d_w,i - d_l,i))
 *     d      = log pi(y | x) - log pi_ref(y | x)
 *
 * w is the chosen and l the rejected response of pair i; rewards are beta d.
 *
 * Source: Rafailov et al., "Direct Preference Optimization", equation 7.
 *
 * @example
 * const loss = dpo({ beta: 0.1 });
 */
export function dpo(options: DpoOptions = {}): PreferenceLoss {
  const { beta } = { ...dpoDefaults, ...options };
  return {
    name: 'dpo',
    feedback: 'preferences',
    needs: { reference: true },
    value: logSigmoid,
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      return { losses: logSigmoid.loss(margin(rewards)), rewards };
    },
  };
}
