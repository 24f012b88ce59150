import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, matrix, type OracleCase, oracle, tolerance, underHumanline } from '../../test/oracle';
import type { BinaryBatch } from '../contract';
import { type PpoOptions, ppo } from './ppo';

beforeAll(() => tf.setBackend('cpu'));

/** What each branch of HALOs does, by our options. */
const origins: Record<string, (c: number) => PpoOptions> = {
  legacy_ppo: (c) => ({ clip: [c, 1 / c], criticTarget: 'reward-excluded' }),
  halos_ppo: (c) => ({ clip: [1 - c, 1 + c], criticTarget: 'reward-included' }),
};

for (const [origin, optionsOf] of Object.entries(origins)) {
  describe(origin, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c) => {
      const config = c.config as Record<string, number>;
      const drift = config.KL_coef as number;
      const loss = underHumanline(
        ppo({
          ...optionsOf(config.cliprange as number),
          ...{ gamma: config.gamma, gaeLambda: config.lam, criticWeight: config.critic_coef },
          // The legacy branch rewards drift.
          klWeight: origin === 'legacy_ppo' ? -drift : drift,
        }),
        c,
      );
      const masks = c.inputs.masks as number[][];
      const of = (input: string) => c.inputs[input] as number[][];
      const response = (input: string) => of(input).map((row, i) => row.filter((_, t) => masks[i]?.[t] === 1));
      const desirable = (c.inputs.scores as number[]).map((score) => score > 0);
      const batch: BinaryBatch = {
        rows: { lengths: response('old_values').map((row) => row.length), values: response('old_values') },
        desirable,
      };
      const statistics = loss.prepare?.(batch, undefined).statistics;
      const within = tolerance(c);
      expectClose(statistics?.advantages.flat() ?? [], responseOnly(c.expected.advantages, masks), within);

      // The responses begin where the first token counts: rows shifted left, as the trainer gives them.
      const shift = (rows: number[][]) => rows.map((row, i) => leftAligned(row, masks[i] as number[]));
      const mask = matrix(shift(masks));
      const mean = (policy: tf.Tensor, values: tf.Tensor) => {
        const { losses } = loss.losses(
          {
            policy: { tokens: policy as tf.Tensor2D, mask },
            reference: { tokens: matrix(shift(of('reference_logprobs'))), mask },
            values: values as tf.Tensor2D,
            indices: desirable.map((_, i) => i),
            desirable: tf.tensor1d(desirable.map(Number)),
          },
          statistics as NonNullable<typeof statistics>,
        );
        return tf.mean(losses) as tf.Scalar;
      };
      const inputs = [matrix(shift(of('policy_logprobs'))), matrix(shift(of('policy_values')))];
      const { value, grads } = tf.valueAndGrads(mean)(inputs);
      expectClose(value.dataSync(), [c.expected.loss as number], within);
      expectClose(grads[0]?.dataSync() ?? [], shift(c.grad.policy_logprobs as number[][]).flat(), within);
      expectClose(grads[1]?.dataSync() ?? [], shift(c.grad.policy_values as number[][]).flat(), within);
    });
  });
}

function responseOnly(rows: OracleCase['expected'][string] | undefined, masks: number[][]): number[] {
  return (rows as unknown as number[][]).flatMap((row, i) => row.filter((_, t) => masks[i]?.[t] === 1));
}

/** The entries that count first, then the others. */
function leftAligned(row: number[], mask: number[]): number[] {
  return [...row.filter((_, t) => mask[t] === 1), ...row.filter((_, t) => mask[t] !== 1)];
}

test('without a critic, every token of a good response is pushed up alike and of a bad one down', () => {
  const loss = ppo({ critic: 'none', klWeight: 0 });
  expect(loss.needs).toEqual({ reference: true });
  const rows = { lengths: [2, 1] };
  const statistics = loss.prepare?.({ rows, desirable: [true, false] }, undefined).statistics;
  if (!statistics) throw new Error('PPO prepares its advantages.');
  expect(statistics.advantages).toEqual([[1, 1], [-1]]);
  const zeros = tf.zeros([2, 2]) as tf.Tensor2D;
  const mask = matrix([
    [1, 1],
    [1, 0],
  ]);
  const gradient = tf.grad((policy) => {
    const logps = { tokens: policy as tf.Tensor2D, mask };
    const shared = {
      reference: { tokens: tf.zeros<tf.Rank.R2>([2, 2]), mask },
      indices: [0, 1],
      desirable: tf.tensor1d([1, 0]),
    };
    return tf.mean(loss.losses({ policy: logps, ...shared }, statistics).losses);
  })(zeros);
  // A mean over three tokens.
  expectClose(gradient.dataSync(), [-1 / 3, -1 / 3, 1 / 3, 0], () => 1e-6);
});

test('a policy without a value head is named as the reason', () => {
  expect(() => ppo().prepare?.({ rows: { lengths: [1] }, desirable: [true] }, undefined)).toThrow('value head');
});
