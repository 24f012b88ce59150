import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss } from '../contract';
import { sequenceLogps } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { hingeValue } from '../value_functions';

export interface SlicOptions {
  /** How much likelier the chosen response is to be, in nats. */
  readonly beta?: number;
  /** Weight of the chosen response's own log-likelihood. */
  readonly lambda?: number;
}

export const slicDefaults: Required<SlicOptions> = { beta: 1, lambda: 0.1 };

/**
 * Sequence likelihood calibration: a margin between the two responses, and the chosen one as a demonstration.
 *
 *     loss_i = max(0, beta - l_w,i + l_l,i) + lambda (-l_w,i)
 *     l      = log pi(y | x)
 *
 * Rewards are l. No reference model.
 *
 * Source: Zhao et al., "SLiC-HF: Sequence Likelihood Calibration with Human Feedback", equation 2, with the chosen
 * response in place of the SFT target, as in the report.
 */
export function slic(options: SlicOptions = {}): PreferenceLoss {
  const { beta, lambda } = { ...slicDefaults, ...options };
  const calibration = hingeValue(beta);
  return {
    name: 'slic',
    feedback: 'preferences',
    // With its regulariser it is not a function of the difference of rewards.
    ...(lambda === 0 && { value: calibration }),
    losses(pairs) {
      const rewards = pairRewards(pairs, ({ policy }) => sequenceLogps(policy), 1);
      const losses = tf.sub<tf.Tensor1D>(calibration.loss(margin(rewards)), tf.mul(rewards.chosen, lambda));
      return { losses, rewards };
    },
  };
}
