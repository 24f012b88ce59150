import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type OracleCase, oracle, rowsOf, tokenRows, tolerance } from '../test/oracle';
import type { BinaryResult } from './contract';
import { kto } from './kto';
import type { LogRatioClamp } from './log_ratio';

beforeAll(() => tf.setBackend('cpu'));

/** HALOs' main branch reports rewards without beta and leaves rows without drift out of z0. */
const origins = {
  legacy_kto: { rewards: 1, z0Rows: 'all' },
  trl_kto: { rewards: 1, z0Rows: 'all' },
  halos_kto: { rewards: 'beta', z0Rows: 'nonzero' },
} as const;

function lossOf({ config }: OracleCase, z0Rows: 'all' | 'nonzero') {
  return kto({
    beta: config.beta as number,
    desirableWeight: config.desirable_weight as number,
    undesirableWeight: config.undesirable_weight as number,
    clamp: config.humanline ? ([config.log_epsilon_P, config.log_epsilon_R] as LogRatioClamp) : undefined,
    z0Rows,
  });
}

/** Response tokens only: masked positions are exactly 0 in these files. */
const ragged = (rows: number[][]) => rows.map((row) => row.filter((x) => x !== 0));

for (const [origin, { rewards, z0Rows }] of Object.entries(origins)) {
  describe(origin, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c) => {
      const within = tolerance(c);
      const loss = lossOf(c, z0Rows);
      const sides = ['chosen', 'rejected'] as const;
      const policy = sides.flatMap((side) => tokenRows(c, `policy_${side}_logps`));
      const reference = sides.flatMap((side) => tokenRows(c, `reference_${side}_logps`));
      const desirable = sides.flatMap((side) => tokenRows(c, `policy_${side}_logps`).map(() => side === 'chosen'));
      const kl = (['policy', 'reference'] as const).map((model) => ragged(tokenRows(c, `${model}_KL_logps`)));

      const prepared = loss.prepare?.(
        {
          rows: { lengths: policy.map((row) => row.length) },
          desirable,
          kl: { lengths: [], policy: kl[0], reference: kl[1] },
        },
        undefined,
      );
      expectClose([prepared?.metrics?.kl ?? Number.NaN], [c.expected.KL as number], within);

      let result: BinaryResult | undefined;
      const mean = (x: tf.Tensor) => {
        result = loss.losses(
          {
            ...rowsOf(x, policy, reference),
            indices: [],
            desirable: tf.tensor1d(desirable.map(Number)),
          },
          prepared?.statistics as { z0: number },
        );
        tf.keep(result.losses);
        tf.keep(result.rewards);
        return tf.mean(result.losses) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(mean)(tf.tensor2d(policy));

      expectClose(value.dataSync(), [c.expected.loss as number], within);
      expectClose(
        grad.dataSync(),
        sides.flatMap((side) => (c.grad[`policy_${side}_logps`] as number[][]).flat()),
        within,
      );
      expectClose(result?.losses.dataSync() ?? [], c.expected.losses as number[], within);
      const beta = rewards === 'beta' ? (c.config.beta as number) : 1;
      const expected = sides.flatMap((side) => c.expected[`${side}_rewards`] as number[]).map((r) => r * beta);
      expectClose(result?.rewards.dataSync() ?? [], expected, within);
    });
  });
}

test('the reference point is a mean over the whole batch, clamped at 0', () => {
  const z0 = (drift: number[]) =>
    kto().prepare?.(
      {
        rows: { lengths: [] },
        desirable: [],
        kl: { lengths: [], policy: drift.map((d) => [d]), reference: drift.map(() => [0]) },
      },
      undefined,
    ).statistics.z0;
  expect(z0([3, 1, -1])).toBe(1);
  expect(z0([-3, 1, -1])).toBe(0);
});

test('a loss without the reference it needs says so', () => {
  const policy = { tokens: tf.tensor2d([[-1]]), mask: tf.tensor2d([[1]]) };
  const rows = { policy, indices: [0], desirable: tf.tensor1d([1]) };
  expect(() => kto().losses(rows, { z0: 0 })).toThrow('needs: { reference: true }');
});
