import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logistic } from '../value_functions';

export interface DpoSigmoidOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const dpoSigmoidDefaults: Required<DpoSigmoidOptions> = { beta: 0.1 };

/**
 * DPO without the logarithm: the probability that the chosen response wins, so that a hopeless pair pulls no harder.
 *
 *     loss_i = -sigma(beta (d_w,i - d_l,i)),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * Rewards are beta d. Losses lie in (-1, 0).
 *
 * Source: HALOs `DPOSigmoidTrainer`.
 */
export function dpoSigmoid(options: DpoSigmoidOptions = {}): PreferenceLoss {
  const { beta } = { ...dpoSigmoidDefaults, ...options };
  return {
    name: 'dpoSigmoid',
    feedback: 'preferences',
    needs: { reference: true },
    value: logistic,
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      return { losses: tf.neg(logistic.value(margin(rewards))), rewards };
    },
  };
}
