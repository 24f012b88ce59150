import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../test/binary_cases';
import { expectClose, oracle } from '../test/oracle';
import { createLoss } from './catalogue';
import type { BinaryLoss, PreparedRows } from './contract';
import { kto } from './core/kto';
import { prospect } from './prospect';
import { fixedPoint, mismatchedMean, runningMean } from './reference_points';
import { kahnemanTversky, linear, logistic } from './value_functions';

beforeAll(() => tf.setBackend('cpu'));

const [mixed] = oracle('legacy_kto');
if (!mixed) throw new Error('The oracle has cases of KTO.');

describe('prospect', () => {
  test('KTO is one line of it', () => {
    const line = prospect({ value: logistic, reference: mismatchedMean() });
    const [ours, theirs] = [runBinary(line as BinaryLoss, mixed), runBinary(kto() as BinaryLoss, mixed)];
    expect(ours.losses).toEqual(theirs.losses);
    expect(ours.grad).toEqual(theirs.grad);
  });

  test('risk-neutral: the loss is the weighted, signed reward beyond the reference point', () => {
    const loss = prospect({ value: linear, reference: fixedPoint(2), beta: 0.5, undesirableWeight: 3 });
    const { losses, rewards } = runBinary(loss as BinaryLoss, mixed);
    const desirable = (mixed.inputs.policy_chosen_logps as number[]).length;
    const expected = [...rewards].map((reward, i) => (i < desirable ? -(reward - 1) : 3 * (reward - 1)));
    expectClose(losses, expected, (x) => 1e-5 * (1 + Math.abs(x)));
  });

  test('from a config: value function and reference point by name, with their numbers', () => {
    const named = createLoss('prospect', { value: 'kahneman-tversky', reference: 'zero', alpha: 0.7, lambda: 3 });
    const written = prospect({ value: kahnemanTversky({ alpha: 0.7, lambda: 3 }), reference: fixedPoint(0) });
    const [a, b] = [runBinary(named as BinaryLoss, mixed), runBinary(written as BinaryLoss, mixed)];
    expect(a.losses).toEqual(b.losses);
  });

  test('declares what its reference point needs', () => {
    expect(prospect({ reference: fixedPoint() }).needs).toEqual({ reference: true });
    expect(prospect({ reference: runningMean() }).needs).toEqual({ reference: true, policyInPrepare: true });
    expect(prospect({ reward: 'mean-logp' }).needs).toEqual({ kl: true });
  });

  test('says so when a batch lacks what it needs', () => {
    const rows: PreparedRows = { lengths: [1] };
    expect(() => prospect().prepare?.({ rows, desirable: [true] }, undefined)).toThrow('did not declare');
    const policy = { tokens: tf.tensor2d([[-1]]), mask: tf.tensor2d([[1]]) };
    const lacking = { policy, indices: [0], desirable: tf.tensor1d([1]) };
    expect(() => prospect().losses(lacking, { z0: 0 })).toThrow('needs: { reference: true }');
  });
});

describe('reference points', () => {
  const of = (mismatched: readonly number[]) => ({ examples: [], mismatched });
  test('the mismatched mean is over the whole batch and clamped at 0, unless told otherwise', () => {
    expect(mismatchedMean().estimate(of([3, 1, -1]), undefined).z0).toBe(1);
    expect(mismatchedMean().estimate(of([-3, 1, -1]), undefined).z0).toBe(0);
    expect(mismatchedMean({ clamp: false }).estimate(of([-3, 1, -1]), undefined).z0).toBe(-1);
    expect(mismatchedMean({ rows: 'nonzero' }).estimate(of([3, 0, 0]), undefined).z0).toBe(3);
    expect(mismatchedMean().estimate(of([]), undefined).z0).toBe(0);
  });
  test('an estimate says what it rests on, and what the clamp hides', () => {
    // Mean -3, squared distances from it 4, 0, 4.
    const sample = { pairs: 3, mean: -3, std: Math.sqrt(8 / 3) };
    expect(mismatchedMean().estimate(of([-5, -3, -1]), undefined)).toEqual({ z0: 0, sample });
    expect(mismatchedMean({ rows: 'nonzero' }).estimate(of([0, 2]), undefined).sample?.pairs).toBe(1);
    expect(mismatchedMean().estimate(of([]), undefined).sample).toEqual({ pairs: 0, mean: 0, std: 0 });
  });
  test('which the metrics say by its name', () => {
    const rows: PreparedRows = { lengths: [2, 1] };
    const kl = { ...rows, policy: [[-1, -2], [-4]], reference: [[-2, -3], [-8]] };
    const { metrics } = kto().prepare?.({ rows, desirable: [true, false], kl }, undefined) ?? {};
    expect(metrics).toEqual({ kl: 3, 'kl/pairs': 2, 'kl/mean': 3, 'kl/std': 1 });
    const surprisal = createLoss('ktoSurprisal', {}) as BinaryLoss;
    const names = Object.keys(surprisal.prepare?.({ rows, desirable: [true, false], kl }, undefined).metrics ?? {});
    expect(names).toEqual(['reference_point', 'reference_point/pairs', 'reference_point/mean', 'reference_point/std']);
  });
  test('the running mean is that of all rewards so far, the batch included', () => {
    const point = runningMean();
    const first = point.estimate({ examples: [1, 3], mismatched: [] }, point.initialState as never);
    const second = point.estimate({ examples: [8], mismatched: [] }, first.state as never);
    expect([first.z0, second.z0]).toEqual([2, 4]);
    expect(point.estimate({ examples: [], mismatched: [] }, second.state as never)).toEqual({
      z0: 4,
      state: second.state,
    });
  });
});
