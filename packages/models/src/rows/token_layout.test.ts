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
  const { shape, ids, tree, predicting, labels, last, places } = layOut([row([5, 6, 7], [1, 2]), row([5, 6, 7], [3])]);
  // Padded to one of few sizes, with a word that occurs.
  expect(shape).toEqual([1, 8]);
  expect([...ids]).toEqual([5, 6, 7, 1, 2, 3, 5, 5]);
  expect(tree?.positions).toEqual([[0, 1, 2, 3, 4, 3, 0, 0]]);
  expect([...(tree?.segments ?? [])]).toEqual([0, 0, 0, 1, 1, 2, -1, -1]);
  // The prompt's last token predicts the first of each response. The fourth prediction is padding, and stands in no place.
  expect([...predicting]).toEqual([2, 3, 2, 0]);
  expect([...labels]).toEqual([1, 2, 3, 1]);
  expect([...places]).toEqual([0, 1, 4, 4, 2, 4, 4, 4]);
  expect([...last]).toEqual([4, 5]);
});

test('rows of different prompts stand alone, without a tree', () => {
  const { shape, tree } = layOut([row([5], [1, 2]), row([6, 7], [3])]);
  expect(shape).toEqual([2, 4]);
  expect(tree).toBeUndefined();
});

test('a prompt is not shared where that would make more padding', () => {
  const long = (word: number) => Array<number>(7).fill(word);
  const shared = [row([1], long(2)), row([1], long(3))];
  const others = [2, 3, 4].map((prompt) => row([prompt], [5]));
  const { shape } = layOut([...shared, ...others]);
  // Four rows of 15 tokens, padded to 16, are more than five of 8.
  expect(shape).toEqual([5, 8]);
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
