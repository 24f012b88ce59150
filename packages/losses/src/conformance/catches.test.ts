import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BinaryLoss, BinaryRows, Loss, PreferenceLoss } from '../contract';
import { dpo } from '../core/dpo';
import { kto } from '../core/kto';
import { logRatios, sequenceLogps } from '../log_ratio';
import { logSigmoid } from '../value_functions';
import { conformance, describeConformance } from './conformance';

beforeAll(() => tf.setBackend('cpu'));

/** A loss on log-ratios, of which the broken ones put one part differently. */
function binary(losses: (rows: BinaryRows, d: tf.Tensor1D) => tf.Tensor, more: Partial<BinaryLoss> = {}): Loss {
  return {
    name: 'broken',
    feedback: 'binary',
    needs: { reference: true },
    ...more,
    losses(rows) {
      const d = logRatios(rows);
      return { losses: losses(rows, d) as tf.Tensor1D, rewards: d };
    },
  } as BinaryLoss;
}

const sign = (rows: BinaryRows) => tf.sub(tf.mul(rows.desirable, 2), 1);
const sound = (rows: BinaryRows, d: tf.Tensor1D) => tf.softplus(tf.mul(tf.neg(sign(rows)), d));

/** One fault each, and the one rule that it breaks. */
const faults: Record<string, { loss: () => Loss; rule: string; says: string }> = {
  'reduces to a mean': {
    loss: () => binary((rows, d) => tf.mean(sound(rows, d))),
    rule: 'one loss and one reward per example',
    says: 'reduce nothing',
  },
  overflows: {
    loss: () => binary((rows, d) => tf.log(tf.add(1, tf.exp(tf.mul(tf.neg(sign(rows)), d))))),
    rule: 'finite losses and gradients, extremes and empty classes included',
    says: 'is not finite',
  },
  'divides by a class that may be empty': {
    loss: () => binary((rows, d) => tf.div(sound(rows, d), tf.sum(rows.desirable)), { wholeBatch: true }),
    rule: 'finite losses and gradients, extremes and empty classes included',
    says: 'undesirable examples only',
  },
  'divides by the tokens of a response': {
    loss: () => binary((rows, d) => tf.div(sound(rows, d), tf.sum(rows.policy.mask, 1))),
    rule: 'finite losses and gradients, extremes and empty classes included',
    says: 'no response token',
  },
  'has a gradient that is not its slope': {
    loss: () => binary((rows, d) => doubledGradient(sound(rows, d) as tf.Tensor1D)),
    rule: 'the gradient is the slope of the loss',
    says: 'Along its gradient',
  },
  'forgets the mask': {
    loss: () =>
      binary((rows) => {
        const { policy, reference } = rows;
        return sound(rows, tf.sum(tf.sub(policy.tokens, (reference as typeof policy).tokens), 1));
      }),
    rule: 'padding is ignored',
    says: 'mask',
  },
  'takes a mean over the microbatch': {
    loss: () => binary((rows, d) => sound(rows, tf.sub(d, tf.mean(d)))),
    rule: 'microbatches give the same losses as the whole batch',
    says: 'declare wholeBatch',
  },
  'takes its statistics by place in the microbatch': {
    loss: () => {
      return {
        ...(binary(sound) as BinaryLoss<readonly number[]>),
        prepare: ({ desirable }) => ({ statistics: desirable.map((_, i) => i + 1) }),
        losses(rows, all) {
          const d = logRatios(rows);
          const own = tf.tensor1d(rows.indices.map((_, i) => all[i] as number));
          return { losses: tf.mul(sound(rows, d), own), rewards: d };
        },
      } as BinaryLoss<readonly number[]> as Loss;
    },
    rule: 'microbatches give the same losses as the whole batch',
    says: 'in a microbatch',
  },
  'declares KL rows for nothing': {
    loss: () => binary(sound, { needs: { reference: true, kl: true } }),
    rule: 'needs what it declares, declares what it needs',
    says: 'needs.kl',
  },
  'keeps a count between calls': {
    loss: () => {
      let calls = 0;
      return binary((rows, d) => tf.mul(sound(rows, d), ++calls));
    },
    rule: 'statistics and state are plain data, and nothing else is kept',
    says: 'called again',
  },
  'prepares what JSON cannot hold': {
    loss: () => binary(sound, { prepare: () => ({ statistics: new Map([[1, 2]]) }) }),
    rule: 'statistics and state are plain data, and nothing else is kept',
    says: 'survive JSON',
  },
  'keeps a tensor': {
    loss: () =>
      binary((rows, d) => {
        tf.keep(tf.square(d));
        return sound(rows, d);
      }),
    rule: 'no tensor is left behind',
    says: 'leaves',
  },
  'prepares with tensors': {
    loss: () =>
      binary(sound, {
        prepare: ({ desirable }) => ({ statistics: tf.sum(tf.tensor1d(desirable.map(Number))).dataSync()[0] }),
      }),
    rule: 'no tensor is left behind',
    says: 'prepare leaves',
  },
  "exposes another loss's value function": {
    loss: () => ({ ...kto(), value: logSigmoid }) as Loss,
    rule: 'the value function agrees with the loss',
    says: 'log-sigmoid',
  },
  'calls a regularised loss a function of the margin': {
    loss: () => {
      const plain = dpo();
      return {
        ...plain,
        losses(pairs, statistics) {
          const { losses, rewards } = plain.losses(pairs, statistics);
          return { losses: tf.sub<tf.Tensor1D>(losses, tf.mul(sequenceLogps(pairs.chosen.policy), 0.1)), rewards };
        },
      } as PreferenceLoss;
    },
    rule: 'the value function agrees with the loss',
    says: 'differs from that at 0',
  },
};

describe('a loss that', () => {
  test.each(Object.entries(faults))('%s', async (_, { loss, rule, says }) => {
    const report = await conformance(loss());
    const failed = report.checks.filter(({ passed }) => !passed);
    expect(
      failed.map(({ name }) => name),
      describeConformance(report),
    ).toContain(rule);
    expect(failed.find(({ name }) => name === rule)?.detail).toContain(says);
  });

  test('reads a reference that it does not declare is told so', async () => {
    const report = await conformance(binary(sound, { needs: {} }));
    expect(report.passed).toBe(false);
    expect(describeConformance(report)).toContain('add needs: { reference: true }');
  });

  test('is sound passes, and the text says so', async () => {
    const report = await conformance(binary(sound));
    expect(report.passed, describeConformance(report)).toBe(true);
    expect(describeConformance(report)).toContain('keeps all 9 rules');
  });
});

/** x, with twice its gradient. */
function doubledGradient(x: tf.Tensor1D): tf.Tensor1D {
  return tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.mul(dy, 2) }))(
    x,
  ) as tf.Tensor1D;
}
