import '@tensorflow/tfjs';
import { logpRows } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ids, sum, tinyModel } from '../test/tiny_models';
import { heldOutRewards, pairLogRatios, summarise } from './held_out_rewards';

beforeAll(() => tf.setBackend('cpu'));

const preferences = [
  { prompt: ids(1, 2), chosen: ids(3, 4), rejected: ids(5) },
  { prompt: ids(6), chosen: ids(7), rejected: ids(8, 9, 10) },
  { prompt: ids(2, 2, 2), chosen: ids(1, 1), rejected: ids(3, 3) },
  { prompt: ids(11), chosen: ids(4), rejected: ids(12, 13) },
];

test('figures from log-ratios, by hand', () => {
  const logRatios = [
    { chosen: 2, rejected: 0 },
    { chosen: 0, rejected: 4 },
    { chosen: 1, rejected: 1 },
    { chosen: -1, rejected: -3 },
  ];
  const result = summarise(preferences, logRatios, 0.5);
  // Won, lost, tied, won; margins 1, -2, 0, 1.
  expect(result.accuracy.value).toBe(2.5 / 4);
  expect(result.ties).toBe(1);
  expect(result.margin.value).toBe(0);
  // s^2 = (1 + 4 + 0 + 1) / 3 = 2, and t at 3 degrees is 3.1824.
  expect(result.margin.high).toBeCloseTo(3.1824463 * Math.sqrt(2 / 4), 6);
  // The chosen response is longer, shorter, as long as, and shorter than the rejected one.
  expect(result.shorterWins.value).toBe(2.5 / 4);
  expect(result.shorterTies).toBe(1);
  // Two won and one lost: 2 (1 + 3) / 8, at most 1.
  expect(result.pValue).toBe(1);
  // The reward scores 1, 0, 1/2, 1 and the rule 0, 1, 1/2, 1: one better, one worse.
  expect(result.overShorter).toMatchObject({ value: 0, n: 4, pValue: 1 });
  expect(result.overShorter.high).toBeCloseTo((3.1824463 * Math.sqrt(2 / 3)) / 2, 6);
  expect(result.meanChosenReward).toBe((0.5 * 2) / 4);
  expect(result.meanRejectedReward).toBe((0.5 * 2) / 4);
  // Of each pair 1, 2, 1, -2: in nats, without beta; four observations, not eight.
  expect(result.logRatio.value).toBe(0.5);
  expect(result.logRatio.n).toBe(4);
});

test('a policy that is its reference rewards nothing: all ties', async () => {
  const policy = tinyModel(1);
  const same = await heldOutRewards({ policy, reference: policy, preferences, beta: 0.1 });
  expect(same.accuracy.value).toBe(0.5);
  expect(same.ties).toBe(4);
  expect([same.margin.value, same.logRatio.value]).toEqual([0, 0]);
});

test('rewards are beta times the log-ratios of each side, from a model or from what it once said', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  const before = tf.memory().numTensors;
  const logpsOf = async (model: typeof policy) => ({
    chosen: await logpRows(
      model,
      preferences.map(({ prompt, chosen }) => ({ prompt, response: chosen })),
    ),
    rejected: await logpRows(
      model,
      preferences.map(({ prompt, rejected }) => ({ prompt, response: rejected })),
    ),
  });
  const [p, r] = [await logpsOf(policy), await logpsOf(reference)];
  const seen: number[] = [];
  const onProgress = (pairs: number) => seen.push(pairs);
  const ratios = await pairLogRatios({ policy, reference, preferences, rowsAtOnce: 1, onProgress });
  ratios.forEach(({ chosen, rejected }, i) => {
    expect(chosen).toBeCloseTo(sum(p.chosen[i]) - sum(r.chosen[i]), 5);
    expect(rejected).toBeCloseTo(sum(p.rejected[i]) - sum(r.rejected[i]), 5);
  });
  expect(seen).toEqual([2, 4]);
  const asked = await heldOutRewards({ policy, reference, preferences, beta: 0.1 });
  expect(asked.meanChosenReward).toBeCloseTo((0.1 * (sum(p.chosen.map(sum)) - sum(r.chosen.map(sum)))) / 4, 5);
  const referenceLogps = r.chosen.map((chosen, i) => ({ chosen, rejected: r.rejected[i] as Float32Array }));
  const told = await heldOutRewards({ policy, referenceLogps, preferences, beta: 0.1 });
  expect(told.margin.value).toBeCloseTo(asked.margin.value, 5);
  expect(tf.memory().numTensors).toBe(before);
});

test('a response no model can read is named by pair and side', async () => {
  const policy = tinyModel(1);
  const bad = [...preferences, { prompt: ids(1), chosen: ids(1), rejected: ids() }];
  await expect(heldOutRewards({ policy, reference: policy, preferences: bad, beta: 1 })).rejects.toThrow(
    'The response of pair 4 (rejected) is empty',
  );
});

test('the tests of the accuracy and of what it has over the rule are sign tests', () => {
  const pairs = Array.from({ length: 8 }, (_, i) => ({ chosen: { length: 5 }, rejected: { length: i < 6 ? 3 : 9 } }));
  const result = summarise(pairs, Array(8).fill({ chosen: 1, rejected: 0 }), 1);
  expect([result.accuracy.value, result.shorterWins.value]).toEqual([1, 2 / 8]);
  expect(result.pValue).toBeCloseTo(2 / 2 ** 8, 12);
  expect(result.overShorter.value).toBe(6 / 8);
  expect(result.overShorter.pValue).toBeCloseTo(2 / 2 ** 6, 12);
});

test('the result is plain data', () => {
  const result = summarise(preferences, Array(4).fill({ chosen: 1, rejected: 0.25 }), 1);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});
