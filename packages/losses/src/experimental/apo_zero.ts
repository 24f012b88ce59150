import * as tf from '@tensorflow/tfjs-core';
import type { ClassWeights } from '../classes';
import type { BinaryLoss, PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { pairRewards } from '../pairs';
import { prospect } from '../prospect';
import { fixedPoint } from '../reference_points';
import { logistic } from '../value_functions';

export interface ApoZeroOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const apoZeroDefaults: Required<ApoZeroOptions> = { beta: 0.1 };

/**
 * Anchored preference optimisation, zero: the chosen response is to become likelier and the rejected one less likely,
 * each against where it stood.
 *
 *     loss_i = (1 - sigma(beta d_w,i)) + sigma(beta d_l,i),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * Rewards are beta d.
 *
 * Source: D'Oosterlinck et al., "Anchored Preference Optimization and Contrastive Revisions", equation 4.
 */
export function apoZero(options: ApoZeroOptions = {}): PreferenceLoss {
  const { beta } = { ...apoZeroDefaults, ...options };
  return {
    name: 'apoZero',
    feedback: 'preferences',
    needs: { reference: true },
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      const losses = tf.add<tf.Tensor1D>(logistic.loss(rewards.chosen), logistic.value(rewards.rejected));
      return { losses, rewards };
    },
  };
}

export interface ApoZeroUnpairedOptions extends ApoZeroOptions, ClassWeights {}

export const apoZeroUnpairedDefaults: Required<ApoZeroUnpairedOptions> = {
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
};

/**
 * The same for single responses with a thumb.
 *
 *     loss_i = lambda_D (1 - sigma(beta d_i))      desirable
 *     loss_i = lambda_U sigma(beta d_i)            undesirable
 *
 * Source: TRL `KTOTrainer`, `loss_type="apo_zero_unpaired"`.
 */
export function apoZeroUnpaired(options: ApoZeroUnpairedOptions = {}): BinaryLoss<{ z0: number }> {
  const scales = { ...apoZeroUnpairedDefaults, ...options };
  return prospect({ ...scales, name: 'apoZeroUnpaired', value: logistic, reference: fixedPoint(0) });
}
