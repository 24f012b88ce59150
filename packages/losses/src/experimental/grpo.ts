import * as tf from '@tensorflow/tfjs-core';
import type { BinaryLoss } from '../contract';
import { tokensPerExample } from '../likelihood';
import { logRatios, tokenLogRatios } from '../log_ratio';
import { clippedSurrogate, ratioOf } from '../policy_ratio';

export interface GrpoOptions {
  /** Weight of the divergence from the reference; the rewards' scale. */
  readonly beta?: number;
  /** The ratio is clipped to [1 - epsilon, 1 + epsilon]. */
  readonly epsilon?: number;
}

export const grpoDefaults: Required<GrpoOptions> = { beta: 0.04, epsilon: 0.2 };

export interface GrpoStatistics {
  readonly tokensPerExample: number;
  /** One number per example of the batch. */
  readonly advantages: readonly number[];
}

/**
 * Group-relative policy optimisation, offline and in one step: a response is as good as its thumb stands out among the
 * responses to the same prompt.
 *
 *     loss  = sum over tokens of  -min(A rho, A clip(rho, 1 - epsilon, 1 + epsilon)) + beta (1/rho - log(1/rho) - 1),
 *             over the batch's response tokens
 *     rho_t = pi(y_t) / pi_ref(y_t),  held within e^+-20
 *     A_i   = (s_i - mean s) / (deviation of s + 0.01),  s = +1 or -1, over the prompt's responses in the batch
 *
 * Each example's loss is its tokens' sum, scaled so that the mean over examples is the mean over tokens. Rewards are beta
 * times log-ratios. A prompt with one response, or with one kind of thumb, teaches nothing but nearness to the reference.
 *
 * Source: Shao et al., "DeepSeekMath", equation 3, by token over the whole batch as HALOs' `GRPOTrainer` averages.
 */
export function grpo(options: GrpoOptions = {}): BinaryLoss<GrpoStatistics> {
  const { beta, epsilon } = { ...grpoDefaults, ...options };
  return {
    name: 'grpo',
    feedback: 'binary',
    needs: { reference: true, groups: true },
    prepare({ rows, desirable, groups }) {
      if (!groups) throw new Error('GRPO got no groups: plan the batches by prompt.');
      const scores = desirable.map((thumb) => (thumb ? 1 : -1));
      return { statistics: { tokensPerExample: tokensPerExample(rows), advantages: standingOut(scores, groups) } };
    },
    losses(rows, { tokensPerExample, advantages }) {
      const { mask } = rows.policy;
      const own = tf.tensor1d(rows.indices.map((i) => advantages[i] as number));
      const drift = tokenLogRatios(rows);
      const inverse = ratioOf(tf.neg(drift));
      const divergence = tf.sub(tf.add(inverse, drift), 1);
      const surrogate = clippedSurrogate(ratioOf(drift), tf.mul(tf.reshape(own, [-1, 1]), mask), [
        1 - epsilon,
        1 + epsilon,
      ]);
      const costs = tf.mul(tf.add(surrogate, tf.mul(divergence, beta)), mask);
      return { losses: tf.div(tf.sum(costs, 1), tokensPerExample), rewards: tf.mul(logRatios(rows), beta) };
    },
  };
}

/** Scores less their group's mean, in units of their group's deviation. */
function standingOut(scores: readonly number[], groups: readonly number[]): number[] {
  return scores.map((score, i) => {
    const group = scores.filter((_, j) => groups[j] === groups[i]);
    const mean = group.reduce((sum, s) => sum + s, 0) / group.length;
    const variance = group.reduce((sum, s) => sum + (s - mean) ** 2, 0) / group.length;
    return (score - mean) / (Math.sqrt(variance) + 0.01);
  });
}
