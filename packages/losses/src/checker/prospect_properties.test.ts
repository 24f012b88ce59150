import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { BinaryLoss, PreferenceLoss, ValueFunction } from '../contract';
import { kto } from '../core/kto';
import { logRatios, preparedLogRatios } from '../log_ratio';
import { hingeValue, kahnemanTversky, linear, logistic, logSigmoid } from '../value_functions';
import { checkHalo } from './check_halo';

beforeAll(() => tf.setBackend('cpu'));

/** The loss on pairs that a value function makes. */
function of(value: ValueFunction, beta = 1): PreferenceLoss {
  return {
    name: 'x',
    feedback: 'preferences',
    needs: { reference: true },
    losses({ chosen, rejected }) {
      const rewards = {
        chosen: tf.mul<tf.Tensor1D>(logRatios(chosen), beta),
        rejected: tf.mul<tf.Tensor1D>(logRatios(rejected), beta),
      };
      return { losses: value.loss(tf.sub<tf.Tensor1D>(rewards.chosen, rewards.rejected)), rewards };
    },
  };
}

test.each<[ValueFunction, boolean, boolean, boolean, number]>([
  [logistic, true, true, false, 1],
  [logSigmoid, true, false, true, 1],
  [linear, true, true, false, 1],
  [hingeValue(1), true, true, true, 1],
  [hingeValue(0), true, true, true, Infinity],
  [kahnemanTversky(), true, true, true, 2.25],
  [kahnemanTversky({ alpha: 0.5, lambda: 1 }), true, true, false, 1],
])('$name', async (value, concaveInGains, convexInLosses, lossesLoomLarger, aversion) => {
  for (const beta of [0.1, 1]) {
    const { meets, properties } = await checkHalo(of(value, beta));
    expect(meets).toBe(true);
    expect(properties).toMatchObject({ referencePoint: true, concaveInGains, convexInLosses, lossesLoomLarger });
    if (Number.isFinite(aversion)) expect(properties.lossAversion).toBeCloseTo(aversion, 1);
    else expect(properties.lossAversion).toBe(aversion);
  }
});

test('an example that is in the mean itself, held at 0, is judged from above 0', async () => {
  const plain = kto();
  const within: BinaryLoss<{ z0: number }> = {
    ...plain,
    needs: { reference: true, policyInPrepare: true },
    prepare({ rows }) {
      const rewards = preparedLogRatios(rows);
      return { statistics: { z0: Math.max(0, rewards.reduce((sum, r) => sum + r, 0) / rewards.length) } };
    },
  };
  const { meets, properties } = await checkHalo(within);
  expect(meets).toBe(true);
  expect(properties.lossAversion).toBeCloseTo(1, 2);
});
