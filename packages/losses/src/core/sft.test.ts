import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type OracleCase, oracle } from '../../test/oracle';
import type { Logps } from '../contract';
import { sft } from './sft';

beforeAll(() => tf.setBackend('cpu'));

/** Token log-probabilities by the definition: the logits at j predict the label at j + 1; -100 does not count. */
function logpsOf(logits: tf.Tensor3D, labels: number[][]): Logps {
  const [rows, length, vocabulary] = logits.shape;
  const next = tf.tensor2d(
    labels.map((row) => row.slice(1)),
    [rows, length - 1],
    'int32',
  );
  const mask = tf.cast(tf.greaterEqual(next, 0), 'float32') as tf.Tensor2D;
  const all = tf.logSoftmax(tf.slice(logits, [0, 0, 0], [rows, length - 1, vocabulary]));
  const tokens = tf.sum(tf.mul(all, tf.oneHot(tf.maximum(next, tf.scalar(0, 'int32')) as tf.Tensor2D, vocabulary)), -1);
  return { tokens: tokens as tf.Tensor2D, mask };
}

const reductions = { legacy_sft: 'sequence', halos_sft: 'token-mean' } as const;

for (const [origin, reduction] of Object.entries(reductions)) {
  describe(`${origin} is ${reduction}`, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c: OracleCase) => {
      const loss = sft({ reduction });
      const labels = c.inputs.labels as number[][];
      const lengths = labels.map((row) => row.slice(1).filter((label) => label >= 0).length);
      const statistics = loss.prepare?.({ rows: { lengths } }, undefined).statistics as { tokensPerExample: number };
      const mean = (logits: tf.Tensor) => {
        const { losses } = loss.losses({ policy: logpsOf(logits as tf.Tensor3D, labels), indices: [] }, statistics);
        return tf.mean(losses) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(mean)(tf.tensor(c.inputs.logits as number[][]));
      const within = (x: number) => 1e-5 * (1 + Math.abs(x));
      expectClose(value.dataSync(), [c.expected.loss as number], within);
      expectClose(grad.dataSync(), (c.grad.logits as number[][]).flat(2), within);
    });
  });
}

test('a batch without a response token gives 0, not NaN', () => {
  const loss = sft();
  const statistics = loss.prepare?.({ rows: { lengths: [0] } }, undefined).statistics as { tokensPerExample: number };
  const policy = { tokens: tf.zeros([1, 3]) as tf.Tensor2D, mask: tf.zeros([1, 3]) as tf.Tensor2D };
  expect(Math.abs(loss.losses({ policy, indices: [0] }, statistics).losses.dataSync()[0] as number)).toBe(0);
});
