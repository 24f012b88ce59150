import '@tensorflow/tfjs';
import { logpRows } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ids, sum, tinyModel } from '../test/tiny_models';
import { heldOutLoss, heldOutLosses, lossPerToken } from './held_out_loss';

beforeAll(() => tf.setBackend('cpu'));

const rows = [
  { prompt: ids(1, 2), response: ids(3) },
  { prompt: ids(4), response: ids(5, 6, 7) },
];

test('a mean over responses, each a mean over its own tokens', async () => {
  const model = tinyModel(1);
  const [short, long] = await logpRows(model, rows);
  const before = tf.memory().numTensors;
  const loss = await heldOutLoss(model, rows, { rowsAtOnce: 1 });
  expect(loss.value).toBeCloseTo(-(sum(short) + sum(long) / 3) / 2, 6);
  expect(loss.n).toBe(2);
  const each = await heldOutLosses(model, rows);
  expect(each).toEqual([expect.closeTo(-sum(short), 5), expect.closeTo(-sum(long) / 3, 5)]);
  expect(lossPerToken([short, long] as Float32Array[]).value).toBeCloseTo(loss.value, 6);
  expect(tf.memory().numTensors).toBe(before);
});

test('an empty response is named', async () => {
  const bad = [...rows, { prompt: ids(1), response: ids() }];
  await expect(heldOutLoss(tinyModel(1), bad)).rejects.toThrow('The response of example 2 is empty');
});
