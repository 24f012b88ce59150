import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, matrix, oracle, settingsOf, tolerance } from '../../test/oracle';
import { grpo } from './grpo';

beforeAll(() => tf.setBackend('cpu'));

describe('halos_grpo, its advantages given', () => {
  test.each(oracle('halos_grpo').map((c) => [c.name, c] as const))('%s', (_, c) => {
    const masks = c.inputs.mask as number[][];
    const advantages = c.inputs.advantages as number[];
    const tokens = masks.flat().reduce((sum, x) => sum + x, 0);
    const mask = matrix(masks);
    const mean = (policy: tf.Tensor) =>
      tf.mean(
        grpo(settingsOf(c)).losses(
          {
            policy: { tokens: policy as tf.Tensor2D, mask },
            reference: { tokens: matrix(c.inputs.reference_logps as number[][]), mask },
            indices: advantages.map((_, i) => i),
            desirable: tf.ones([advantages.length]),
          },
          { advantages, tokensPerExample: tokens / advantages.length },
        ).losses,
      ) as tf.Scalar;
    const { value, grad } = tf.valueAndGrad(mean)(matrix(c.inputs.policy_logps as number[][]));
    expectClose(value.dataSync(), [c.expected.loss as number], tolerance(c));
    expectClose(grad.dataSync(), (c.grad.policy_logps as number[][]).flat(), tolerance(c));
  });
});

test('a response is held against the others to its prompt, and against no others', () => {
  const prepared = grpo().prepare?.(
    { rows: { lengths: [1, 2, 3, 4] }, desirable: [true, false, true, true], groups: [0, 0, 1, 1] },
    undefined,
  );
  const { advantages = [], tokensPerExample } = prepared?.statistics ?? {};
  expectClose(advantages, [1 / 1.01, -1 / 1.01, 0, 0], () => 1e-12);
  expect(tokensPerExample).toBe(2.5);
});

test('a batch whose groups are unknown is refused', () => {
  expect(() => grpo().prepare?.({ rows: { lengths: [1] }, desirable: [true] }, undefined)).toThrow('by prompt');
});
