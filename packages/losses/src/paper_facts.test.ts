// What the papers prove of their losses, by numbers.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../test/oracle';
import type { BinaryRows, Logps, PreferenceRows } from './contract';
import { dpo } from './core/dpo';
import { kto } from './core/kto';

beforeAll(() => tf.setBackend('cpu'));

/** Responses of one token with these log-ratios to a reference that gives each the log-probability -2. */
function rowsOf(logRatios: readonly number[] | tf.Tensor1D): { policy: Logps; reference: Logps } {
  const d = Array.isArray(logRatios) ? tf.tensor1d([...logRatios]) : (logRatios as tf.Tensor1D);
  const reference = tf.fill<tf.Rank.R2>([d.size, 1], -2);
  const mask = tf.ones<tf.Rank.R2>([d.size, 1]);
  return {
    policy: { tokens: tf.add(reference, tf.reshape(d, [-1, 1])), mask },
    reference: { tokens: reference, mask },
  };
}

function ktoLosses(d: readonly number[] | tf.Tensor1D, thumbs: readonly boolean[], z0 = 0): tf.Tensor1D {
  const rows: BinaryRows = { ...rowsOf(d), indices: [], desirable: tf.tensor1d(thumbs.map(Number)) };
  return kto({ beta: 0.1 }).losses(rows, { z0 }).losses;
}

function dpoLosses(w: readonly number[], l: readonly number[], beta = 0.1): Float32Array {
  const rows: PreferenceRows = { indices: [], chosen: rowsOf(w), rejected: rowsOf(l) };
  return dpo({ beta }).losses(rows, undefined).losses.dataSync<'float32'>();
}

describe('KTO', () => {
  test('its gradient vanishes where the reward is extreme, in either direction (section 4.2, proposition 4.1)', () => {
    const distances = [-300, -100, 0, 100, 300];
    for (const thumb of [true, false]) {
      const slope = tf.grad((d) =>
        tf.sum(
          ktoLosses(
            d as tf.Tensor1D,
            distances.map(() => thumb),
          ),
        ),
      );
      const sizes = slope(tf.tensor1d(distances)).dataSync().map(Math.abs);
      const [left = 0, , middle = 0, , right = 0] = sizes;
      expect(middle).toBeCloseTo(0.1 / 4, 6);
      expect(left).toBeLessThan(1e-12);
      expect(right).toBeLessThan(1e-12);
      expect(sizes[1]).toBeLessThan(middle / 1000);
    }
  });

  test('the same response once liked and once disliked leaves a mean loss of 1/2, wherever it is (lambda = 1)', () => {
    for (const d of [-30, -1, 0, 2.5, 40]) {
      for (const z0 of [0, 3]) {
        const [liked, disliked] = ktoLosses([d, d], [true, false], z0).dataSync();
        expect(((liked as number) + (disliked as number)) / 2).toBeCloseTo(0.5, 6);
      }
    }
  });

  test('a shift of every log-ratio to a prompt changes it while z0 stays, and does not where z0 moves along', () => {
    const before = ktoLosses([1, -2], [true, false], 0.5).dataSync();
    const shifted = ktoLosses([4, 1], [true, false], 0.5).dataSync();
    const followed = ktoLosses([4, 1], [true, false], 3.5).dataSync();
    expect(Math.abs((before[0] as number) - (shifted[0] as number))).toBeGreaterThan(0.01);
    expect([...followed]).toEqual([...before]);
  });
});

describe('DPO', () => {
  test('a shift of both log-ratios of a prompt changes nothing', () => {
    const [plain, shifted] = [dpoLosses([1, -2], [0.5, 3]), dpoLosses([17, -7], [16.5, -2])];
    plain.forEach((loss, i) => {
      expect(loss).toBeCloseTo(shifted[i] as number, 6);
    });
  });

  test('minimised over labels drawn by Bradley and Terry, its implied reward is theirs', () => {
    // Three responses with true rewards; the expected loss over all ordered pairs is minimised by gradient descent.
    const truth = [0.3, -1.1, 1.6];
    const beta = 0.5;
    const pairs = truth.flatMap((_, i) => truth.flatMap((_, j) => (i === j ? [] : [[i, j] as const])));
    const weights = pairs.map(([i, j]) => 1 / (1 + Math.exp((truth[j] as number) - (truth[i] as number))));
    const d = tf.variable(tf.zeros<tf.Rank.R1>([3]));
    const side = (k: 0 | 1) =>
      tf.tensor1d(
        pairs.map((pair) => pair[k]),
        'int32',
      );
    for (let step = 0; step < 400; step++) {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const [chosen, rejected] = [rowsOf(tf.gather(d, side(0))), rowsOf(tf.gather(d, side(1)))];
          const { losses } = dpo({ beta }).losses({ indices: [], chosen, rejected }, undefined);
          return tf.sum(tf.mul(losses, weights)) as tf.Scalar;
        }, [d]);
        d.assign(tf.sub(d, tf.mul(grads[d.name] as tf.Tensor, 4)));
      });
    }
    const rewards = [...d.dataSync()].map((x) => beta * x);
    const mean = rewards.reduce((sum, r) => sum + r, 0) / 3;
    const trueMean = truth.reduce((sum, r) => sum + r, 0) / 3;
    rewards.forEach((reward, i) => {
      expect(reward - mean).toBeCloseTo((truth[i] as number) - trueMean, 4);
    });
  });
});

test('rows of these tests hold the log-ratios that they say', () => {
  const { policy, reference } = rowsOf([0.5, -3]);
  expect([...tf.sub(policy.tokens, reference.tokens).dataSync()]).toEqual([...matrix([[0.5], [-3]]).dataSync()]);
});
