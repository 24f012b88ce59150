import '@tensorflow/tfjs';
import { logpRows } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ids, sum, tinyModel } from '../test/tiny_models';
import { binaryLogRatios, heldOutBinaryRewards, summariseBinary } from './held_out_binary';
import { aucInterval } from './statistics/auc_interval';
import { mannWhitney } from './statistics/mann_whitney';

beforeAll(() => tf.setBackend('cpu'));

const examples = Array.from({ length: 9 }, (_, i) => ({
  prompt: ids(1 + i),
  response: ids(...Array.from({ length: 1 + (i % 3) }, (_, t) => 19 - i - t)),
  desirable: i % 2 === 1,
}));

test('each class has its own rewards, and the area is of one against the other', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  const [p, r] = [await logpRows(policy, examples), await logpRows(reference, examples)];
  const before = tf.memory().numTensors;
  const rewards = p.map((row, i) => 0.2 * (sum(row) - sum(r[i])));
  const up = rewards.filter((_, i) => i % 2 === 1);
  const down = rewards.filter((_, i) => i % 2 === 0);
  const seen: number[] = [];
  const onProgress = (done: number) => seen.push(done);
  const options = { policy, examples, beta: 0.2, rowsAtOnce: 2, onProgress };
  for (const result of [
    await heldOutBinaryRewards({ ...options, reference }),
    await heldOutBinaryRewards({ ...options, referenceLogps: r }),
  ]) {
    expect(result.auc).toEqual(aucInterval(up, down));
    expect(result.pValue).toBe(mannWhitney(up, down));
    expect(result.logRatio.value).toBeCloseTo(sum(rewards) / 0.2 / 9, 4);
    expect(result.desirable.value).toBeCloseTo(sum(up) / 4, 5);
    expect(result.undesirable.value).toBeCloseTo(sum(down) / 5, 5);
    expect([result.desirable.n, result.undesirable.n]).toEqual([4, 5]);
  }
  expect(seen).toEqual([8, 9, 8, 9]);
  expect(tf.memory().numTensors).toBe(before);
});

test('a policy that is its reference tells nothing apart; exchanged thumbs exchange the area', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  expect((await heldOutBinaryRewards({ policy, reference: policy, examples, beta: 1 })).auc.value).toBe(0.5);
  const forth = await heldOutBinaryRewards({ policy, reference, examples, beta: 1 });
  const exchanged = examples.map((example) => ({ ...example, desirable: !example.desirable }));
  const back = await heldOutBinaryRewards({ policy, reference, examples: exchanged, beta: 1 });
  expect(forth.auc.value).not.toBe(0.5);
  expect(back.auc.value).toBeCloseTo(1 - forth.auc.value, 12);
  expect(back.pValue).toBeCloseTo(forth.pValue, 12);
});

test('figures of any part of the examples, from log-ratios that are known', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  const ratios = await binaryLogRatios({ policy, reference, examples });
  const places = [0, 1, 2, 5];
  const some = places.map((i) => examples[i] as (typeof examples)[number]);
  const part = summariseBinary(
    some,
    places.map((i) => ratios[i] as number),
    1,
  );
  const alone = await heldOutBinaryRewards({ policy, reference, examples: some, beta: 1 });
  expect(part.auc.value).toBe(alone.auc.value);
  expect(part.desirable.value).toBeCloseTo(alone.desirable.value, 5);
  const one = summariseBinary([{ desirable: true }], [2], 0.5);
  expect(one.auc).toEqual({ value: Number.NaN, low: 0, high: 1, n: 1 });
  expect([one.pValue, one.desirable.value, one.undesirable.n]).toEqual([1, 1, 0]);
});
