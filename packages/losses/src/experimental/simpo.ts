import type { PreferenceLoss } from '../contract';
import { meanLogps } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logSigmoid, mixed, shifted } from '../value_functions';

export interface SimpoOptions {
  /** The rewards' scale. */
  readonly beta?: number;
  /** How much likelier the chosen response is to be, in nats per token: gamma / beta. TRL's gamma is beta times this. */
  readonly margin?: number;
  /** Share of the preferences that are taken for wrong. */
  readonly labelSmoothing?: number;
}

export const simpoDefaults: Required<SimpoOptions> = { beta: 10, margin: 0.3, labelSmoothing: 0 };

/**
 * Simple preference optimisation: mean log-probabilities, a margin, no reference model.
 *
 *     loss_i = -log sigma(beta (l_w,i - l_l,i - margin)),  l = mean over the response's tokens of log pi(y_t)
 *
 * With label smoothing, (1 - s) times that plus s times the same of the opposite sign. Rewards are beta l.
 *
 * Source: Meng et al., "SimPO: Simple Preference Optimization with a Reference-Free Reward", equation 6.
 */
export function simpo(options: SimpoOptions = {}): PreferenceLoss {
  const { beta, margin: gap, labelSmoothing } = { ...simpoDefaults, ...options };
  const value = shifted(mixed(logSigmoid, 1 - labelSmoothing, labelSmoothing), beta * gap);
  return {
    name: 'simpo',
    feedback: 'preferences',
    value,
    losses(pairs) {
      const rewards = pairRewards(pairs, ({ policy }) => meanLogps(policy), beta);
      return { losses: value.loss(margin(rewards)), rewards };
    },
  };
}
