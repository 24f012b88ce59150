import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceLoss, PreferenceResult, Rows } from '../src/contract';
import { logpsOf, matrix, type OracleCase, tokenRows } from './oracle';

const sides = ['chosen', 'rejected'] as const;

/** What a loss makes of a case of pairs. */
export interface PairOutcome {
  readonly loss: number;
  readonly losses: Float32Array;
  readonly rewards: Readonly<Record<(typeof sides)[number], Float32Array>>;
  readonly metrics: Readonly<Record<string, Float32Array>>;
  /** Of the mean loss in the policy's log-probabilities, and in the scores. */
  readonly grad: Readonly<Record<(typeof sides)[number], Float32Array>>;
}

/**
 * Runs a loss on a case. Where the case gives lengths, a row's log-probability is spread over so many tokens; where it has
 * scores instead of log-probabilities, `scores` names them.
 */
export function runPairs(
  loss: PreferenceLoss,
  c: OracleCase,
  scores?: Record<(typeof sides)[number], number[]>,
): PairOutcome {
  return tf.tidy(() => {
    const side = (name: (typeof sides)[number], x: tf.Tensor): Rows => {
      if (scores)
        return {
          policy: logpsOf(
            tf.zeros([x.size, 1]),
            [...Array(x.size)].map(() => [0]),
          ),
          scores: x as tf.Tensor1D,
        };
      const rows = tokenRows(c, `policy_${name}_logps`);
      const reference = tokenRows(c, `reference_${name}_logps`);
      const lengths = c.inputs[`${name}_lengths`] as number[] | undefined;
      if (!lengths) {
        const policy = logpsOf(x, rows);
        return { policy, reference: reference.length > 0 ? { ...policy, tokens: matrix(reference) } : undefined };
      }
      const mask = matrix(
        lengths.map((length) => Array.from({ length: Math.max(...lengths) }, (_, t) => Number(t < length))),
      );
      const share = tf.div<tf.Tensor2D>(mask, tf.maximum(tf.sum(mask, 1, true), 1));
      return {
        policy: { tokens: tf.mul(x, share), mask },
        reference: { tokens: tf.mul(matrix(reference), share), mask },
      };
    };
    let result: PreferenceResult | undefined;
    const mean = (w: tf.Tensor, l: tf.Tensor) => {
      const { margin } = c.inputs as { margin?: number[] };
      const margins = margin && tf.tensor1d(margin);
      result = loss.losses(
        { indices: [], chosen: side('chosen', w), rejected: side('rejected', l), margins },
        undefined,
      );
      const { losses, rewards, metrics } = result;
      for (const tensor of [losses, rewards.chosen, rewards.rejected, ...Object.values(metrics ?? {})]) tf.keep(tensor);
      return tf.mean(result.losses) as tf.Scalar;
    };
    const input = (name: (typeof sides)[number]) =>
      scores ? tf.tensor1d(scores[name]) : matrix(tokenRows(c, `policy_${name}_logps`));
    const { value, grads } = tf.valueAndGrads(mean)([input('chosen'), input('rejected')]);
    const { losses, rewards, metrics = {} } = result as unknown as PreferenceResult;
    const numbers = (tensor: tf.Tensor | undefined) => (tensor as tf.Tensor).dataSync<'float32'>();
    const outcome = {
      loss: numbers(value)[0] as number,
      losses: numbers(losses),
      rewards: { chosen: numbers(rewards.chosen), rejected: numbers(rewards.rejected) },
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, tensor]) => [name, numbers(tensor)])),
      grad: { chosen: numbers(grads[0]), rejected: numbers(grads[1]) },
    };
    tf.dispose([losses, rewards.chosen, rewards.rejected, ...Object.values(metrics)]);
    return outcome;
  });
}
