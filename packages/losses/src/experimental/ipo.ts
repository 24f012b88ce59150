import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss, ValueFunction } from '../contract';
import { meanLogRatios } from '../log_ratio';
import { margin, pairRewards } from '../pairs';

export interface IpoOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. TRL calls it beta. */
  readonly tau?: number;
}

export const ipoDefaults: Required<IpoOptions> = { tau: 0.1 };

/**
 * Identity preference optimisation: a distance between the two responses to reach, and not to exceed.
 *
 *     loss_i = (d_w,i - d_l,i - 1 / (2 tau))^2
 *     d      = mean over the response's tokens of log pi(y_t) - log pi_ref(y_t); 0 without a token
 *
 * Rewards are tau d.
 *
 * Source: Azar et al., "A General Theoretical Paradigm to Understand Learning from Human Preferences", equation 17, by
 * token as in TRL and HALOs.
 */
export function ipo(options: IpoOptions = {}): PreferenceLoss {
  const { tau } = { ...ipoDefaults, ...options };
  const loss = (z: tf.Tensor1D): tf.Tensor1D => tf.square(tf.sub<tf.Tensor1D>(tf.div(z, tau), 1 / (2 * tau)));
  const value: ValueFunction = { name: 'squared', value: (z) => tf.neg(loss(z)), loss };
  return {
    name: 'ipo',
    feedback: 'preferences',
    needs: { reference: true },
    value,
    losses(pairs) {
      const rewards = pairRewards(pairs, meanLogRatios, tau);
      return { losses: loss(margin(rewards)), rewards };
    },
  };
}
