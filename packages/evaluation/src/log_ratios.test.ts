import '@tensorflow/tfjs';
import { logpRows } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { brokenModel, ids, sum, tinyModel } from '../test/tiny_models';
import { logRatios } from './log_ratios';

beforeAll(() => tf.setBackend('cpu'));

const rows = Array.from({ length: 11 }, (_, i) => ({
  prompt: ids(...Array.from({ length: 1 + (i % 4) }, (_, t) => 1 + i + t)),
  response: ids(...Array.from({ length: 1 + ((3 * i) % 5) }, (_, t) => 19 - i - t)),
}));
const nameOf = (row: number) => `row ${row}`;

test('sums of the policy’s log-probabilities minus the reference’s, in the order given, however many at once', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  const before = tf.memory().numTensors;
  const expected: number[] = [];
  for (const row of rows) {
    const [[p], [r]] = [await logpRows(policy, [row]), await logpRows(reference, [row])];
    expected.push(sum(p) - sum(r));
  }
  for (const rowsAtOnce of [undefined, 1, 2, 64]) {
    const seen: number[] = [];
    const onProgress = (done: number) => seen.push(done);
    const ratios = await logRatios({ policy, reference, rows, rowsAtOnce, nameOf, onProgress });
    ratios.forEach((ratio, i) => {
      expect(ratio).toBeCloseTo(expected[i] as number, 5);
    });
    expect(seen).toEqual(rowsAtOnce === 1 ? [4, 8, 11] : rowsAtOnce === 2 ? [8, 11] : [11]);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('log-probabilities known of the reference stand in for it', async () => {
  const [policy, reference] = [tinyModel(1), tinyModel(2)];
  const referenceLogps = await logpRows(reference, rows);
  const asked = await logRatios({ policy, reference, rows, nameOf });
  const told = await logRatios({ policy, referenceLogps, rows, rowsAtOnce: 2, nameOf });
  told.forEach((ratio, i) => {
    expect(ratio).toBeCloseTo(asked[i] as number, 5);
  });
  const other = logRatios({ policy, referenceLogps: [...referenceLogps].reverse(), rows, nameOf });
  await expect(other).rejects.toThrow('The reference has 3 log-probabilities for the 4 tokens of row 1:');
  const fewer = logRatios({ policy, referenceLogps: referenceLogps.slice(1), rows, nameOf });
  await expect(fewer).rejects.toThrow('10 rows of reference log-probabilities for 11 responses.');
});

test('a row no model can read is named before anything is computed', async () => {
  const policy = tinyModel(1);
  const refusal = (...more: { prompt: Int32Array; response: Int32Array }[]) => {
    const onProgress = () => expect.unreachable();
    return expect(logRatios({ policy, reference: policy, rows: [...rows, ...more], nameOf, onProgress })).rejects;
  };
  const good = ids(1);
  await refusal({ prompt: ids(), response: good }).toThrow('The prompt of row 11 is empty');
  await refusal({ prompt: good, response: ids() }).toThrow('The response of row 11 is empty');
  const long = { prompt: new Int32Array(30), response: new Int32Array(3) };
  await refusal(long).toThrow("The row of row 11 has 33 tokens and the model's context is 32");
  const shorter = logRatios({ policy, reference: tinyModel(2, 6), rows, nameOf });
  await expect(shorter).rejects.toThrow("The row of row 3 has 9 tokens and the model's context is 6");
  await expect(logRatios({ policy, reference: policy, rows, rowsAtOnce: 0, nameOf })).rejects.toMatchObject({
    name: 'InputError',
    message: 'rowsAtOnce is 0: give a whole number, 1 or more.',
  });
});

test('a model that has become NaN is named, not ranked', async () => {
  const [sound, broken] = [tinyModel(1), brokenModel()];
  const ofPolicy = logRatios({ policy: broken, reference: sound, rows, nameOf });
  await expect(ofPolicy).rejects.toThrow('The policy gives row 0 a log-probability of NaN');
  const ofReference = logRatios({ policy: sound, reference: broken, rows, nameOf });
  await expect(ofReference).rejects.toThrow('The reference gives row 0 a log-probability of NaN');
  const told = (await logpRows(sound, rows)).map((logps, i) => (i === 9 ? logps.fill(Number.NaN) : logps));
  const known = logRatios({ policy: sound, referenceLogps: told, rows, rowsAtOnce: 1, nameOf });
  await expect(known).rejects.toThrow('The reference gives row 9 a log-probability of NaN');
});
