import * as tf from '@tensorflow/tfjs-core';
import type { BinaryLoss } from '../contract';
import { tokensPerExample } from '../likelihood';
import { logRatios, shareOfTokens, tokenLogRatios } from '../log_ratio';
import { clippedSurrogate, padded, ratioOf } from '../policy_ratio';
import { type GuideOptions, guide, type PpoGuide } from './ppo_guide';

export interface PpoOptions extends GuideOptions {
  /** Bounds of the ratio. Legacy HALOs [c, 1/c], its main branch [1 - c, 1 + c] with c = 0.5; the paper's text [0.25, 4]. */
  readonly clip?: readonly [low: number, high: number];
  readonly criticWeight?: number;
  /** Weight of the mean log-ratio, which penalises drift. Legacy HALOs has the other sign. */
  readonly klWeight?: number;
}

export const ppoDefaults: Required<PpoOptions> = {
  clip: [0.5, 2],
  critic: 'value-head',
  criticTarget: 'reward-included',
  criticWeight: 0.01,
  klWeight: 0.1,
  gamma: 0.99,
  gaeLambda: 0.95,
};

export interface PpoStatistics extends PpoGuide {
  readonly tokensPerExample: number;
}

/**
 * Proximal policy optimisation, offline and in one step: the reference is the old policy, a thumb is the reward.
 *
 *     loss  = sum over tokens of
 *               -min(A rho, A clip(rho)) + criticWeight (V - R)^2 / 2 + klWeight log rho,  over the batch's tokens
 *     rho_t = pi(y_t) / pi_ref(y_t),  held within e^+-20
 *     A     = generalised advantages of the reward, +1 or -1 with the last token, whitened over the batch's tokens
 *     R_t   = gamma^(T - t) reward
 *
 * Each example's loss is its tokens' sum, scaled so that the mean over examples is the mean over tokens. Rewards are
 * log-ratios. Without a critic A is +1 or -1 and there is no V.
 *
 * Source: Ethayarajh et al., "KTO", section 3.3 and appendix; advantages as HALOs' `PPOTrainer` computes them.
 */
export function ppo(options: PpoOptions = {}): BinaryLoss<PpoStatistics> {
  const settings = { ...ppoDefaults, ...options };
  const { clip, critic, criticWeight, klWeight } = settings;
  const hasCritic = critic === 'value-head';
  return {
    name: 'ppo',
    feedback: 'binary',
    needs: { reference: true, ...(hasCritic && { values: true }) },
    prepare: (batch) => ({ statistics: { tokensPerExample: tokensPerExample(batch.rows), ...guide(batch, settings) } }),
    losses(rows, { tokensPerExample, advantages, targets }) {
      const { mask } = rows.policy;
      const ofRows = (all: PpoGuide['advantages']) =>
        padded(
          rows.indices.map((i) => all[i] ?? []),
          mask.shape,
        );
      const ratio = ratioOf(tokenLogRatios(rows));
      const drift = tokenLogRatios({ ...rows, policy: rows.unclamped ?? rows.policy });
      let costs: tf.Tensor2D = tf.add(clippedSurrogate(ratio, ofRows(advantages), clip), tf.mul(drift, klWeight));
      if (hasCritic) {
        if (!rows.values) throw new Error('PPO with a critic got no values: train a model with a value head.');
        costs = tf.add(costs, tf.mul(tf.square(tf.sub(rows.values, ofRows(targets))), criticWeight / 2));
      }
      const clipped = tf.notEqual<tf.Tensor2D>(ratio, tf.clipByValue(ratio, ...clip));
      return {
        losses: tf.div(tf.sum(tf.mul(costs, mask), 1), tokensPerExample),
        rewards: logRatios(rows),
        metrics: { clip_fraction: shareOfTokens(clipped, mask) },
      };
    },
  };
}
