import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { BinaryLoss } from '../contract';
import { dpo } from '../core/dpo';
import { kto } from '../core/kto';
import { bco } from '../experimental/bco';
import { ktoSurprisal } from '../experimental/kto_surprisal';
import { logRatios, preparedLogRatios } from '../log_ratio';
import { checkReferencePoint } from './reference_point';
import type { Clause } from './report';

beforeAll(() => tf.setBackend('cpu'));

/** KTO whose reference point for each example is this of the mismatched rows' log-ratios. */
function from(point: (rewards: readonly number[], index: number) => number): BinaryLoss<{ z0: number[] }> {
  return {
    name: 'x',
    feedback: 'binary',
    needs: { reference: true, kl: true },
    prepare({ kl }) {
      const rewards = preparedLogRatios(kl);
      return { statistics: { z0: rewards.map((_, i) => point(rewards, i)) } };
    },
    losses(rows, { z0 }) {
      const d = logRatios(rows);
      const sign = tf.sub(tf.mul(rows.desirable, 2), 1);
      const z = tf.mul<tf.Tensor1D>(
        tf.mul(sign, 0.1),
        tf.sub(d, tf.tensor1d(rows.indices.map((i) => z0[i] as number))),
      );
      return { losses: tf.sigmoid(tf.neg(z)), rewards: d };
    },
  };
}

const numbersOf = (clause: Clause) => (clause.counterExample?.numbers ?? {}) as Record<string, number>;
const mean = (x: readonly number[]) => x.reduce((sum, r) => sum + r, 0) / x.length;

test('a mean of mismatched rows is a reference point, held at 0 or not, and so is the own row alone', async () => {
  const held = await checkReferencePoint(
    from((all) => Math.max(0, mean(all))),
    'log-ratio',
  );
  expect(held).toMatchObject({ verdict: 'holds', detail: expect.stringContaining('mismatched rows, held at 0') });
  const free = await checkReferencePoint(from(mean), 'log-ratio');
  expect(free).toMatchObject({ verdict: 'holds', detail: expect.not.stringContaining('held') });
  expect(
    (
      await checkReferencePoint(
        from((all, i) => all[i] as number),
        'log-ratio',
      )
    ).verdict,
  ).toBe('holds');
});

test.each<[string, (rewards: readonly number[]) => number]>([
  ['the largest', (all) => Math.max(...all)],
  ['a soft maximum', (all) => Math.log(mean(all.map(Math.exp)))],
  ['a mean of rewards each held at 0', (all) => mean(all.map((r) => Math.max(0, r)))],
])('%s follows a shift but is no expectation', async (_, point) => {
  const clause = await checkReferencePoint(from(point), 'log-ratio');
  expect(clause).toMatchObject({ verdict: 'fails', detail: expect.stringContaining('no expectation') });
  expect(clause.counterExample?.numbers.spread).toBeGreaterThan(0);
});

test('half a mean does not follow a shift', async () => {
  const clause = await checkReferencePoint(
    from((all) => mean(all) / 2),
    'log-ratio',
  );
  expect(clause).toMatchObject({ verdict: 'fails', detail: expect.stringContaining('changes where all rewards rise') });
  const { before, toAll, alone } = numbersOf(clause);
  expect(toAll).toBeLessThan(before as number);
  expect(toAll).toBeGreaterThan(alone as number);
});

test('a fixed point is none', async () => {
  const clause = await checkReferencePoint(
    from(() => 3),
    'log-ratio',
  );
  expect(clause).toMatchObject({ verdict: 'fails', detail: expect.stringContaining('There is no reference point') });
  const { toAll, alone } = numbersOf(clause);
  expect(toAll).toBeCloseTo(alone as number, 6);
});

test('it says what the expectation is over', async () => {
  const over = async (...[loss, kind]: Parameters<typeof checkReferencePoint>) =>
    (await checkReferencePoint(loss, kind)).detail;
  expect(await over(kto(), 'log-ratio')).toContain('over the mismatched rows');
  expect(await over(dpo(), 'log-ratio')).toContain('over the other response of the pair');
  expect(await over(bco(), 'log-ratio')).toContain("over the batch's other examples");
  expect(await over(ktoSurprisal(), 'mean log-probability')).toContain('over the mismatched rows.');
});
