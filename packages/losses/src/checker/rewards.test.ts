import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { BinaryLoss, PreferenceLoss, Rows } from '../contract';
import { kto } from '../core/kto';
import { checkHalo } from './check_halo';
import { checkReward } from './rewards';

beforeAll(() => tf.setBackend('cpu'));

/** DPO's loss of the difference of any rewards. */
function onPairs(reward: (rows: Rows) => tf.Tensor1D, reference = true): PreferenceLoss {
  return {
    name: 'x',
    feedback: 'preferences',
    needs: { reference },
    losses({ chosen, rejected }) {
      const rewards = { chosen: reward(chosen), rejected: reward(rejected) };
      return { losses: tf.softplus(tf.mul<tf.Tensor1D>(tf.sub(rewards.rejected, rewards.chosen), 0.1)), rewards };
    },
  };
}

const ratios = ({ policy, reference }: Rows) =>
  tf.mul<tf.Tensor2D>(tf.sub(policy.tokens, (reference as Rows['policy']).tokens), policy.mask);
const lengths = ({ policy }: Rows) => tf.sum<tf.Tensor1D>(policy.mask, 1);
const sum = (x: tf.Tensor2D) => tf.sum<tf.Tensor1D>(x, 1);

test('a sum and a mean of log-ratios, a sum and a mean of log-probabilities are told apart', async () => {
  const kinds = [
    onPairs((rows) => sum(ratios(rows))),
    onPairs((rows) => tf.div<tf.Tensor1D>(sum(ratios(rows)), lengths(rows))),
    onPairs(({ policy }) => sum(policy.tokens), false),
    onPairs((rows) => tf.div<tf.Tensor1D>(sum(rows.policy.tokens), lengths(rows)), false),
    onPairs(({ policy }) => sum(policy.tokens)), // has a reference and does not look at it
  ].map(async (loss) => (await checkReward(loss)).reward);
  expect(await Promise.all(kinds)).toEqual([
    'log-ratio',
    'mean log-ratio',
    'log-probability',
    'mean log-probability',
    'log-probability',
  ]);
});

test('tokens that are clamped one by one are no reward, and the counter-example has the same sums', async () => {
  const { reward, clause } = await checkReward(onPairs((rows) => sum(tf.clipByValue(ratios(rows), -1, 1.5))));
  expect(reward).toBeUndefined();
  expect(clause.verdict).toBe('fails');
  const { policyBefore, policyAfter, before, after } = clause.counterExample?.numbers ?? {};
  const total = (row: unknown) => (row as number[]).reduce((all, x) => all + x, 0);
  expect(total(policyAfter)).toBeCloseTo(total(policyBefore), 6);
  expect(after).not.toBeCloseTo(before as number, 4);
});

test('a reference point of clamped tokens is none of the reward either', async () => {
  const loss: BinaryLoss<{ z0: number }> = {
    ...kto(),
    prepare({ kl }) {
      const rows = (kl?.policy ?? []).map((row, i) => Array.from(row, (x, t) => x - (kl?.reference?.[i]?.[t] ?? 0)));
      const clamped = rows.flat().map((x) => Math.min(Math.max(x, -1), 1.5));
      return { statistics: { z0: clamped.reduce((all, x) => all + x, 0) / rows.length } };
    },
  };
  const { clause } = await checkReward(loss);
  expect(clause.verdict).toBe('fails');
  expect(clause.counterExample?.says).toContain('in the rest of the batch');
});

test('policy and reference that weigh differently are no reward', async () => {
  const loss = onPairs(({ policy, reference }) =>
    tf.sub<tf.Tensor1D>(sum(policy.tokens), tf.mul(sum((reference as Rows['policy']).tokens), 0.9)),
  );
  const { clause } = await checkReward(loss);
  expect(clause.verdict).toBe('fails');
  expect(clause.counterExample?.says).toContain('adding the same to policy and reference');
});

test('another length normaliser may be one: that is left open, and the other clauses keep to one length', async () => {
  const { clauses, meets } = await checkHalo(
    onPairs((rows) => tf.div<tf.Tensor1D>(sum(ratios(rows)), tf.sqrt(lengths(rows)))),
  );
  expect(meets).toBe(false);
  expect(clauses[0]).toMatchObject({ verdict: 'unclear', detail: expect.stringContaining('length normaliser') });
  expect(clauses.slice(1).map(({ verdict }) => verdict)).toEqual(['holds', 'holds', 'holds', 'holds']);
});

test('a loss that does not look at the policy has none', async () => {
  const { clause } = await checkReward(onPairs((rows) => tf.mul(lengths(rows), 0)));
  expect(clause).toMatchObject({ verdict: 'fails', detail: expect.stringContaining('does not depend') });
});
