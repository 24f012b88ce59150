import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, matrix } from '../test/oracle';
import { createLoss } from './catalogue';
import type { DemonstrationLoss } from './contract';
import { dpo } from './core/dpo';
import { kto } from './core/kto';
import { ppo } from './core/ppo';
import { humanline } from './humanline';
import { logRatios } from './log_ratio';

beforeAll(() => tf.setBackend('cpu'));

describe('humanline', () => {
  test('clamps the reference point too', () => {
    const rows = { lengths: [1] };
    const kl = { lengths: [2, 1], policy: [[5, -9], [1]], reference: [[0, 0], [0]] };
    const { statistics } = humanline(kto(), [-1, 1.5]).prepare?.({ rows, desirable: [true], kl }, undefined) ?? {};
    expect(statistics?.z0).toBe((1.5 - 1 + 1) / 2);
  });

  test('gives no gradient to a token outside of the bounds, but to the others', () => {
    const loss = humanline(dpo({ beta: 1 }), [-1, 1.5]);
    const mask = tf.ones([1, 2]) as tf.Tensor2D;
    const reference = { tokens: tf.zeros([1, 2]) as tf.Tensor2D, mask };
    const gradient = tf.grad((x) => {
      const chosen = { policy: { tokens: x as tf.Tensor2D, mask }, reference };
      const { losses } = loss.losses({ indices: [0], chosen, rejected: { policy: reference, reference } }, undefined);
      return tf.sum(losses);
    })(matrix([[2, 0.5]]));
    const [clamped, free] = gradient.dataSync();
    expect(clamped).toBe(0);
    expect(free).toBeLessThan(0);
  });

  test('works on any loss with a reference, a demonstration loss of one’s own too', () => {
    const own: DemonstrationLoss = {
      name: 'own',
      feedback: 'demonstrations',
      needs: { reference: true },
      prepare: ({ rows }) => ({ statistics: rows.lengths.length }),
      losses: (rows) => ({ losses: tf.neg(logRatios(rows)) }),
    };
    const mask = matrix([[1, 1, 0]]);
    const rows = { policy: { tokens: matrix([[3, 0.5, 9]]), mask }, reference: { tokens: matrix([[0, 0, 0]]), mask } };
    const wrapped = humanline(own, [-1, 1.5]);
    const { losses, metrics } = wrapped.losses({ ...rows, indices: [0] }, 1);
    expectClose(losses.dataSync(), [-2], () => 1e-6);
    expectClose(metrics?.unclamped?.dataSync() ?? [], [0.5], () => 1e-6);
  });

  test('leaves PPO’s penalty of drift as it is', () => {
    const mask = matrix([[1]]);
    const rows = {
      policy: { tokens: matrix([[4]]), mask },
      reference: { tokens: matrix([[0]]), mask },
      indices: [0],
      desirable: tf.tensor1d([1]),
    };
    const statistics = { tokensPerExample: 1, advantages: [[0]], targets: [] };
    const { losses } = humanline(ppo({ critic: 'none', klWeight: 1 })).losses(rows, statistics);
    expectClose(losses.dataSync(), [4], () => 1e-6);
  });

  test('is an option of every loss of the catalogue that has a reference, and refused by the others', () => {
    const loss = createLoss('kto', { humanline: [-0.5, 0.5], beta: 0.2 });
    expect(loss.name).toBe('kto');
    expect(() => createLoss('sft', { humanline: [-1, 1.5] })).toThrow('sft loss reads no reference');
  });
});
