import * as tf from '@tensorflow/tfjs-core';
import type { ClassWeights } from '../classes';
import type { BinaryLoss, PreferenceLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { pairRewards } from '../pairs';
import { prospect } from '../prospect';
import { type RunningMean, runningMean } from '../reference_points';
import { logSigmoid } from '../value_functions';

export interface BcoOptions extends ClassWeights {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const bcoDefaults: Required<BcoOptions> = { beta: 0.1, desirableWeight: 1, undesirableWeight: 1 };

/**
 * Binary classifier optimisation: the reward as the logit of "this is a good response", less the mean reward so far.
 *
 *     loss_i = lambda (-log sigma(+-beta (d_i - delta))),  d = log pi(y | x) - log pi_ref(y | x)
 *     delta  = running mean of d over all examples so far, this batch included; no gradient
 *
 * The sign is that of the thumb. Rewards are beta d. The metric `reference_point` is delta, in nats (TRL's delta is
 * beta times that).
 *
 * Source: Jung et al., "Binary Classifier Optimization for Large Language Model Alignment", equation 8; without its
 * density-ratio weights.
 */
export function bco(options: BcoOptions = {}): BinaryLoss<{ z0: number }, RunningMean> {
  const scales = { ...bcoDefaults, ...options };
  return prospect({ ...scales, name: 'bco', value: logSigmoid, reference: runningMean() });
}

export interface BcoPairedOptions {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const bcoPairedDefaults: Required<BcoPairedOptions> = { beta: 0.1 };

/**
 * The same for pairs, with delta at 0.
 *
 *     loss_i = -log sigma(beta d_w,i) - log sigma(-beta d_l,i)
 *
 * Source: TRL `DPOTrainer`, `loss_type="bco_pair"`.
 */
export function bcoPaired(options: BcoPairedOptions = {}): PreferenceLoss {
  const { beta } = { ...bcoPairedDefaults, ...options };
  return {
    name: 'bcoPaired',
    feedback: 'preferences',
    needs: { reference: true },
    losses(pairs) {
      const rewards = pairRewards(pairs, logRatios, beta);
      const losses = tf.add<tf.Tensor1D>(logSigmoid.loss(rewards.chosen), logSigmoid.loss(tf.neg(rewards.rejected)));
      return { losses, rewards };
    },
  };
}
