import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../test/oracle';
import { attention, causalMask } from './attention';

beforeAll(() => tf.setBackend('cpu'));

test('a hidden key stays hidden however far below it the seen ones are', async () => {
  // Scores of the first query: -1.5e5 for the key it sees, 0 for the one it does not.
  const q = tf.tensor4d([1, 1], [1, 1, 2, 1]);
  const k = tf.tensor4d([-1.5e5, 0], [1, 1, 2, 1]);
  const v = tf.tensor4d([7, 9], [1, 1, 2, 1]);
  expect([...(await attention(q, k, v, causalMask(2)).data())]).toEqual([7, 9]);
});

test('query heads share key/value heads in order: as if each were repeated', async () => {
  const random = (shape: [number, number, number, number], seed: number) =>
    tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor4D;
  const q = random([2, 6, 5, 4], 1);
  const [k, v] = [random([2, 2, 5, 4], 2), random([2, 2, 5, 4], 3)];
  const repeated = (x: tf.Tensor4D) => tf.gather(x, tf.tensor1d([0, 0, 0, 1, 1, 1], 'int32'), 1) as tf.Tensor4D;
  const grouped = await attention(q, k, v, causalMask(5)).data();
  expectClose(grouped, await attention(q, repeated(k), repeated(v), causalMask(5)).data(), 1e-6);
});
