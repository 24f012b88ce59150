import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeights, classWeights, signs } from './classes';
import type { BinaryLoss, PreparedRows, ValueFunction } from './contract';
import { logRatios, meanLogps, preparedLogRatios, preparedMeanLogps } from './log_ratio';
import { mismatchedMean, type ReferencePoint } from './reference_points';
import { logistic } from './value_functions';

export interface ProspectOptions<T = unknown> extends ClassWeights {
  /** The loss's name in metrics and run folders. */
  readonly name?: string;
  /** What gains and losses are worth. */
  readonly value?: ValueFunction;
  /** Where gains begin. */
  readonly reference?: ReferencePoint<T>;
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
  /** What is rewarded: the log-ratio to a reference model, or without one the mean log-probability per token. */
  readonly reward?: 'log-ratio' | 'mean-logp';
}

export const prospectDefaults = {
  name: 'prospect',
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
  reward: 'log-ratio',
} satisfies ProspectOptions;

/**
 * A loss of prospect theory: a thumb up or down on one response, any value function v, any reference point z0.
 *
 *     loss_i = lambda_D (c - v(beta (d_i - z0)))      desirable
 *     loss_i = lambda_U (c - v(beta (z0 - d_i)))      undesirable
 *     d_i    = log pi(y_i | x_i) - log pi_ref(y_i | x_i)
 *
 * c is the least upper bound of v where there is one (so that losses are not negative), else 0. z0, in nats, carries no
 * gradient. Rewards are beta d. Metrics of the batch are z0, by its reference point's name for it (`kl`), and where it is a
 * mean what that rests on: `kl/pairs`, `kl/mean` before it is clamped, `kl/std`.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", section 3, with v left open.
 *
 * @example
 * const kto = prospect({ value: logistic, reference: mismatchedMean() });
 * const averse = prospect({ value: kahnemanTversky({ alpha: 0.88, lambda: 2.25 }) });
 */
export function prospect<T = unknown>(options: ProspectOptions<T> = {}): BinaryLoss<{ z0: number }, T> {
  const { name, beta, reward, ...weights } = { ...prospectDefaults, ...options };
  const { value = logistic, reference = mismatchedMean() as ReferencePoint<T> } = options;
  const { needs, metric, statisticsOver, initialState } = reference;
  const isRatio = reward === 'log-ratio';
  const prepared = (rows: PreparedRows | undefined) => (isRatio ? preparedLogRatios(rows) : preparedMeanLogps(rows));
  return {
    name,
    feedback: 'binary',
    needs: { ...needs, ...(isRatio && { reference: true }) },
    statisticsOver,
    initialState,
    value,
    prepare({ rows, kl }, state) {
      const rewards = {
        examples: needs.policyInPrepare ? prepared(rows) : [],
        mismatched: needs.kl ? prepared(kl) : [],
      };
      const { z0, state: next, sample = {} } = reference.estimate(rewards, state);
      const ofSample = Object.entries(sample).map(([name, value]) => [`${metric}/${name}`, value]);
      return { statistics: { z0 }, state: next, metrics: { [metric]: z0, ...Object.fromEntries(ofSample) } };
    },
    losses(rows, { z0 }) {
      const d = isRatio ? logRatios(rows) : meanLogps(rows.policy);
      const z = tf.mul<tf.Tensor1D>(tf.mul(signs(rows.desirable), beta), tf.sub(d, z0));
      return {
        losses: tf.mul(classWeights(rows.desirable, weights), value.loss(z)),
        rewards: tf.mul(d, beta),
      };
    },
  };
}
