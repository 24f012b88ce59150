import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type OracleCase, oracle, tolerance } from '../../test/oracle';
import { runPairs } from '../../test/pair_cases';
import { bradleyTerry } from './bradley_terry';

beforeAll(() => tf.setBackend('cpu'));

describe('trl_reward', () => {
  test.each(oracle('trl_reward').map((c) => [c.name, c] as const))('%s', (_, c) => {
    const [chosen, rejected] = [c.inputs.rewards_chosen as number[], c.inputs.rewards_rejected as number[]];
    const centerWeight = (c.config.center_rewards_coefficient as number | null) ?? 0;
    const { loss, grad } = runPairs(bradleyTerry({ centerWeight }), c, { chosen, rejected });
    expectClose([loss], [c.expected.loss as number], tolerance(c));
    expectClose(grad.chosen, c.grad.rewards_chosen as number[], tolerance(c));
    expectClose(grad.rejected, c.grad.rewards_rejected as number[], tolerance(c));
  });
});

describe('halos_bradley_terry: its score is the second of two logits, ours the only one', () => {
  test.each(oracle('halos_bradley_terry').map((c) => [c.name, c] as const))('%s', (_, c: OracleCase) => {
    const second = (rows: number[][] | number[] | undefined) => (rows as number[][]).map((row) => row[1] as number);
    const [chosen, rejected] = [second(c.inputs.chosen_logits), second(c.inputs.rejected_logits)];
    const { loss, grad, rewards } = runPairs(bradleyTerry(), c, { chosen, rejected });
    const within = tolerance(c);
    expectClose([loss], [c.expected.loss as number], within);
    expectClose(grad.chosen, second(c.grad.chosen_logits), within);
    expectClose(grad.rejected, second(c.grad.rejected_logits), within);
    expectClose(rewards.chosen, c.expected.chosen_rewards as number[], within);
    expectClose(rewards.rejected, c.expected.rejected_rewards as number[], within);
  });
});

test('a policy without a reward head is named as the reason', () => {
  const policy = { tokens: tf.zeros([1, 1]) as tf.Tensor2D, mask: tf.ones([1, 1]) as tf.Tensor2D };
  const pair = { indices: [0], chosen: { policy }, rejected: { policy } };
  expect(() => bradleyTerry().losses(pair, undefined)).toThrow('reward head');
});
