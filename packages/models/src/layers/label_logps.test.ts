import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, fixture } from '../../test/oracle';
import { labelLogps } from './label_logps';

beforeAll(() => tf.setBackend('cpu'));

interface LogitsCase {
  name: string;
  inputs: { logits: number[][][]; labels: number[][]; weights: number[] };
  expected: { token_logps: number[][] };
  grad: { logits: number[][][] };
}

const { cases } = JSON.parse(readFileSync(fixture('get_batch_logps.json'), 'utf8')) as { cases: LogitsCase[] };

describe('the peers’ cases, with the logits as hidden states before an identity', () => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { inputs, expected, grad }) => {
    const vocabulary = inputs.logits[0]?.[0]?.length as number;
    const places = inputs.labels.flatMap((row, i) =>
      row.flatMap((label, j) => (j > 0 && label !== -100 ? [{ i, j: j - 1, label }] : [])),
    );
    const states = tf.tensor2d(places.map(({ i, j }) => inputs.logits[i]?.[j] as number[]));
    const labels = tf.tensor1d(
      places.map(({ label }) => label),
      'int32',
    );
    const weights = tf.tensor1d(places.map(({ i }) => inputs.weights[i] as number));
    const identity = tf.eye(vocabulary) as tf.Tensor2D;
    const wanted = places.map(({ i, j }) => expected.token_logps[i]?.[j] as number);
    const largest = Math.max(...inputs.logits.flat(2).map(Math.abs));
    expectClose(await labelLogps(states, identity, labels).data(), wanted, 1e-5 + 1e-6 * largest);
    const weighted = (h: tf.Tensor) =>
      tf.sum(tf.mul(labelLogps(h as tf.Tensor2D, identity, labels), weights)) as tf.Scalar;
    const wantedGradient = places.flatMap(({ i, j }) => grad.logits[i]?.[j] as number[]);
    expectClose(await tf.grad(weighted)(states).data(), wantedGradient, 1e-5);
  });
});

test('gradients in hidden states and vocabulary equal those of the plain formula, with repeated labels', async () => {
  const hidden = tf.randomNormal([6, 5], 0, 1, 'float32', 1);
  const vocabulary = tf.randomNormal([9, 5], 0, 1, 'float32', 2);
  const labels = tf.tensor1d([3, 3, 0, 8, 3, 1], 'int32');
  const dy = tf.randomNormal([6], 0, 1, 'float32', 3);
  const plain = (h: tf.Tensor, w: tf.Tensor) => {
    const all = tf.logSoftmax(tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D, false, true));
    return tf.sum(tf.mul(tf.sum(tf.mul(all, tf.oneHot(labels, 9)), 1), dy)) as tf.Scalar;
  };
  const ours = (h: tf.Tensor, w: tf.Tensor) =>
    tf.sum(tf.mul(labelLogps(h as tf.Tensor2D, w as tf.Tensor2D, labels), dy)) as tf.Scalar;
  const expected = tf.grads(plain)([hidden, vocabulary]);
  const actual = tf.grads(ours)([hidden, vocabulary]);
  for (const i of [0, 1]) {
    expectClose(await (actual[i] as tf.Tensor).data(), await (expected[i] as tf.Tensor).data(), 1e-5);
  }
});

test('chunks change nothing: more states than fit at once', async () => {
  // 2^24 logits at once are 4 states of this vocabulary.
  const vocabulary = tf.randomNormal([2 ** 22, 1], 0, 1, 'float32', 1) as tf.Tensor2D;
  const hidden = tf.randomNormal([6, 1], 0, 1, 'float32', 2) as tf.Tensor2D;
  const labels = tf.tensor1d([1, 2, 3, 4, 5, 6], 'int32');
  const together = await labelLogps(hidden, vocabulary, labels).data();
  for (let i = 0; i < 6; i++) {
    const alone = await labelLogps(tf.slice2d(hidden, [i, 0], [1, 1]), vocabulary, tf.slice1d(labels, i, 1)).data();
    expect(Math.abs((together[i] as number) - (alone[0] as number))).toBeLessThan(1e-5);
  }
});
