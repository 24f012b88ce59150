import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type OracleCase, oracle, rowsOf, tokenRows, tolerance } from '../test/oracle';
import type { PreferenceResult } from './contract';
import { dpo } from './dpo';
import type { LogRatioClamp } from './log_ratio';

beforeAll(() => tf.setBackend('cpu'));

const origins = ['legacy_dpo', 'trl_dpo_sigmoid', 'halos_dpo'];

function lossOf({ config }: OracleCase) {
  const clamp = config.humanline ? ([config.log_epsilon_P, config.log_epsilon_R] as LogRatioClamp) : undefined;
  return dpo({ beta: config.beta as number, clamp });
}

for (const origin of origins) {
  describe(origin, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c) => {
      const within = tolerance(c);
      const chosen = tokenRows(c, 'policy_chosen_logps');
      const rejected = tokenRows(c, 'policy_rejected_logps');
      let result: PreferenceResult | undefined;
      const mean = (w: tf.Tensor, l: tf.Tensor) => {
        result = lossOf(c).losses(
          {
            indices: [],
            chosen: rowsOf(w, chosen, tokenRows(c, 'reference_chosen_logps')),
            rejected: rowsOf(l, rejected, tokenRows(c, 'reference_rejected_logps')),
          },
          undefined,
        );
        tf.keep(result.losses);
        tf.keep(result.rewards.chosen);
        tf.keep(result.rewards.rejected);
        return tf.mean(result.losses) as tf.Scalar;
      };
      const { value, grads } = tf.valueAndGrads(mean)([tf.tensor2d(chosen), tf.tensor2d(rejected)]);

      expectClose(value.dataSync(), [c.expected.loss as number], within);
      expectClose(grads[0]?.dataSync() ?? [], (c.grad.policy_chosen_logps as number[][]).flat(), within);
      expectClose(grads[1]?.dataSync() ?? [], (c.grad.policy_rejected_logps as number[][]).flat(), within);
      expectClose(result?.losses.dataSync() ?? [], c.expected.losses as number[], within);
      for (const side of ['chosen', 'rejected'] as const) {
        expectClose(result?.rewards[side].dataSync() ?? [], c.expected[`${side}_rewards`] as number[], within);
      }
    });
  });
}

test('leaks no tensor', () => {
  const rows = rowsOf(tf.tensor2d([[-1, -2]]), [[-1, -2]], [[-1.5, -2]]);
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    dpo().losses({ indices: [0], chosen: rows, rejected: rows }, undefined);
  });
  expect(tf.memory().numTensors).toBe(before);
});
