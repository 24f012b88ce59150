import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { matrix } from '../../test/oracle';
import { ktoSimple } from './kto_simple';
import { robust } from './robust';

test('ktoSimple couples the examples of a batch through its gradient, and declares it', async () => {
  await tf.setBackend('cpu');
  const loss = ktoSimple({ beta: 1 });
  expect(loss.wholeBatch).toBe(true);
  const mask = matrix([[1], [1]]);
  const reference = { tokens: matrix([[0], [0]]), mask };
  const first = (x: tf.Tensor) => {
    const rows = {
      policy: { tokens: x as tf.Tensor2D, mask },
      reference,
      indices: [0, 1],
      desirable: tf.tensor1d([1, 0]),
    };
    return tf.sum(tf.slice1d(loss.losses(rows, undefined).losses, 0, 1));
  };
  const [, other] = tf
    .grad(first)(matrix([[1], [0.5]]))
    .dataSync();
  // The undesirable example's log-ratio is the desirable one's reference point: sigma'(1 - 0.5).
  expect(other).toBeCloseTo(Math.exp(-0.5) / (1 + Math.exp(-0.5)) ** 2, 5);
});

test('robust refuses labels that say nothing', () => {
  expect(() => robust({ epsilon: 0.5 })).toThrow(RangeError);
});
