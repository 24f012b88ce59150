import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss, Rows } from '../contract';
import { margin, pairRewards } from '../pairs';
import { logSigmoid } from '../value_functions';

export interface BradleyTerryOptions {
  /** Weight of (r_w + r_l)^2, which keeps scores around 0. */
  readonly centerWeight?: number;
}

export const bradleyTerryDefaults: Required<BradleyTerryOptions> = { centerWeight: 0 };

/**
 * The reward model of RLHF: a head's scores, in which the chosen response is to win.
 *
 *     loss_i = -log sigma(r_w,i - r_l,i - m_i) + centerWeight (r_w,i + r_l,i)^2
 *
 * m is by how much the chosen response was rated better, where the data says so, else 0. Rewards are the scores r.
 *
 * Source: Ouyang et al., "Training language models to follow instructions with human feedback", equation 1; margin
 * and centring as in TRL's `RewardTrainer`.
 */
export function bradleyTerry(options: BradleyTerryOptions = {}): PreferenceLoss {
  const { centerWeight } = { ...bradleyTerryDefaults, ...options };
  return {
    name: 'bradleyTerry',
    feedback: 'preferences',
    needs: { scores: true },
    ...(centerWeight === 0 && { value: logSigmoid }),
    losses(pairs) {
      const rewards = pairRewards(pairs, scores, 1);
      const offCentre = tf.square(tf.add<tf.Tensor1D>(rewards.chosen, rewards.rejected));
      const lead = pairs.margins ? tf.sub<tf.Tensor1D>(margin(rewards), pairs.margins) : margin(rewards);
      return { losses: tf.add(logSigmoid.loss(lead), tf.mul(offCentre, centerWeight)), rewards };
    },
  };
}

function scores({ scores }: Rows): tf.Tensor1D {
  if (!scores) throw new Error('Bradley-Terry got no scores: train a model with a reward head.');
  return scores;
}
