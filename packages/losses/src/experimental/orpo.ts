import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss, Rows } from '../contract';
import { meanLogps } from '../log_ratio';
import { margin, pairRewards } from '../pairs';
import { logSigmoid } from '../value_functions';

export interface OrpoOptions {
  /** Weight of the odds ratio; TRL's beta. */
  readonly oddsRatioWeight?: number;
  /** Weight of the chosen response's own likelihood. TRL takes that of prompt and response instead, outside of this. */
  readonly likelihoodWeight?: number;
}

export const orpoDefaults: Required<OrpoOptions> = { oddsRatioWeight: 0.25, likelihoodWeight: 1 };

/** A mean log-probability nearer to 0 than this has no odds to speak of. */
const certain = -1e-6;

/**
 * Odds-ratio preference optimisation: SFT on the chosen response, and better odds than the rejected one has.
 *
 *     loss_i = -l_w,i + oddsRatioWeight (-log sigma(o_w,i - o_l,i))
 *     l      = mean over the response's tokens of log pi(y_t)
 *     o      = log odds = l - log(1 - e^l),  l at most -1e-6
 *
 * Rewards are o. No reference model.
 *
 * Source: Hong et al., "ORPO: Monolithic Preference Optimization without Reference Model", equations 5 to 7.
 */
export function orpo(options: OrpoOptions = {}): PreferenceLoss {
  const { oddsRatioWeight, likelihoodWeight } = { ...orpoDefaults, ...options };
  return {
    name: 'orpo',
    feedback: 'preferences',
    losses(pairs) {
      const rewards = pairRewards(pairs, logOdds, 1);
      const likelihood = tf.mul(meanLogps(pairs.chosen.policy), -likelihoodWeight);
      const preference = tf.mul(logSigmoid.loss(margin(rewards)), oddsRatioWeight);
      return { losses: tf.add(likelihood, preference), rewards };
    },
  };
}

function logOdds({ policy }: Rows): tf.Tensor1D {
  const logp = tf.minimum<tf.Tensor1D>(meanLogps(policy), certain);
  // 1 - e^l by expm1, which keeps its digits where l is near 0.
  return tf.sub(logp, tf.log(tf.neg(tf.expm1(logp))));
}
