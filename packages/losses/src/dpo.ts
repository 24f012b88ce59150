import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss } from './contract';
import { type LogRatioClamp, logRatios } from './log_ratio';

export interface DpoOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** Clamp each token's log-ratio ("humanline"). */
  readonly clamp?: LogRatioClamp;
}

export const dpoDefaults = { beta: 0.1, clamp: undefined } satisfies DpoOptions;

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
  const { beta, clamp } = { ...dpoDefaults, ...options };
  return {
    name: 'dpo',
    feedback: 'preferences',
    needs: { reference: true },
    losses({ chosen, rejected }) {
      const rewards = {
        chosen: tf.mul<tf.Tensor1D>(logRatios(chosen, clamp), beta),
        rejected: tf.mul<tf.Tensor1D>(logRatios(rejected, clamp), beta),
      };
      // -log sigma(x) = softplus(-x). tf.logSigmoid would lose its input before the backward pass.
      return { losses: tf.softplus(tf.sub<tf.Tensor1D>(rewards.rejected, rewards.chosen)), rewards };
    },
  };
}
