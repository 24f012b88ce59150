import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeights, classWeights, signs } from '../classes';
import type { BinaryLoss } from '../contract';
import { logRatios } from '../log_ratio';
import { logistic } from '../value_functions';

export interface KtoSimpleOptions extends ClassWeights {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const ktoSimpleDefaults: Required<KtoSimpleOptions> = { beta: 0.1, desirableWeight: 1, undesirableWeight: 1 };

/**
 * KTO whose reference point is the other class: no mismatched rows, and the reference point is trained too.
 *
 *     loss_i = lambda_D (1 - sigma(beta (d_i - z_U)))      desirable
 *     loss_i = lambda_U (1 - sigma(beta (z_D - d_i)))      undesirable
 *     z      = max(0, mean of d over the batch's desirable (z_D) or undesirable (z_U) examples), 0 without any
 *
 * d = log pi(y | x) - log pi_ref(y | x); rewards are beta d. The examples of a batch depend on each other through
 * the gradient of z, so a batch cannot be cut into microbatches.
 *
 * Source: HALOs `SimpleKTOTrainer`, which has no weights, and NaN for a class without examples.
 */
export function ktoSimple(options: KtoSimpleOptions = {}): BinaryLoss {
  const { beta, ...weights } = { ...ktoSimpleDefaults, ...options };
  return {
    name: 'ktoSimple',
    feedback: 'binary',
    needs: { reference: true },
    wholeBatch: true,
    losses(rows) {
      const { desirable } = rows;
      const undesirable = tf.sub<tf.Tensor1D>(1, desirable);
      const d = logRatios(rows);
      const point = (side: tf.Tensor1D) => tf.maximum(tf.div(tf.sum(tf.mul(d, side)), tf.maximum(tf.sum(side), 1)), 0);
      const z0 = tf.add<tf.Tensor1D>(tf.mul(desirable, point(undesirable)), tf.mul(undesirable, point(desirable)));
      const z = tf.mul<tf.Tensor1D>(tf.mul(signs(desirable), beta), tf.sub(d, z0));
      return { losses: tf.mul(classWeights(desirable, weights), logistic.loss(z)), rewards: tf.mul(d, beta) };
    },
  };
}
