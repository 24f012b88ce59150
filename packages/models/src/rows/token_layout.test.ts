import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { loadCheckpoint } from '../node';
import { layOut } from './token_layout';
import { logpRows, tokenLogps } from './token_logps';
import type { TokenRow } from './token_row';

const row = (prompt: number[], response: number[]): TokenRow => ({
  prompt: Int32Array.from(prompt),
  response: Int32Array.from(response),
});

test('a prompt with two responses stands once', () => {
  const { shape, ids, tree, predicting, labels, last } = layOut([row([5, 6, 7], [1, 2]), row([5, 6, 7], [3])]);
  expect(shape).toEqual([1, 6]);
  expect([...ids]).toEqual([5, 6, 7, 1, 2, 3]);
  expect(tree?.positions).toEqual([[0, 1, 2, 3, 4, 3]]);
  expect([...(tree?.segments ?? [])]).toEqual([0, 0, 0, 1, 1, 2]);
  // The prompt's last token predicts the first of each response.
  expect([...predicting]).toEqual([2, 3, 2]);
  expect([...labels]).toEqual([1, 2, 3]);
  expect([...last]).toEqual([4, 5]);
});

test('rows of different prompts stand alone, without a tree', () => {
  const { shape, tree } = layOut([row([5], [1, 2]), row([6, 7], [3])]);
  expect(shape).toEqual([2, 3]);
  expect(tree).toBeUndefined();
});

test('a prompt is not shared where that would make more padding', () => {
  const shared = [row([1], [2, 2, 2, 2]), row([1], [3, 3, 3, 3])];
  const others = [2, 3, 4].map((prompt) => row([prompt], [5]));
  const { shape } = layOut([...shared, ...others]);
  // Four rows of 9 tokens are more than five of 5.
  expect(shape).toEqual([5, 5]);
});

describe.each(['neox-parallel', 'llama-gqa'])('%s', (name) => {
  const rows = [
    row([3, 9, 4, 7, 1, 2], [5, 6, 8]),
    row([8, 2, 6, 2, 5], [7]),
    row([3, 9, 4, 7, 1, 2], [4]),
    row([8, 2, 6, 2, 5], [9, 1]),
    row([3, 9, 4, 7, 1, 2], [2, 2, 3, 5]),
  ];
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    model = await loadCheckpoint(fixture(name));
    return () => disposeModel(model);
  });

  const padded = (logps: ArrayLike<number>) => [...Array.from(logps), ...Array(4 - logps.length).fill(0)];
  const alone = () =>
    Promise.all(rows.map(async (one) => (await tokenLogps(model, [one]).tokens.data()) as Float32Array));

  test('responses that share a prompt do not see each other', async () => {
    expect(layOut(rows).tree).toBeDefined();
    const expected = (await alone()).map(padded);
    const together = await tokenLogps(model, rows).tokens.array();
    together.forEach((logps, i) => {
      expectClose(logps, expected[i] as number[], 1e-5);
    });
    const chunks = await logpRows(model, rows, { rowsAtOnce: 2 });
    chunks.forEach((logps, i) => {
      expectClose(padded(logps), expected[i] as number[], 1e-5);
    });
  });

  test('and their gradients are those of the rows alone', async () => {
    const variables = [...model.weights.values()];
    const scores = (some: readonly TokenRow[]) => tf.sum(tokenLogps(model, some).tokens) as tf.Scalar;
    const { grads } = tf.variableGrads(() => scores(rows), variables);
    const sums = rows.map((one) => tf.variableGrads(() => scores([one]), variables).grads);
    for (const { name } of variables) {
      const expected = tf.addN(sums.map((one) => one[name] as tf.Tensor));
      expectClose(await (grads[name] as tf.Tensor).data(), await expected.data(), 1e-4);
    }
  });
});
