import { expect, test } from 'vitest';
import { computedTokens } from './computed_tokens';
import type { Row, StepRows } from './protocol';

const row = (prompt: number, response: number, word = 1): Row => [Array(prompt).fill(word), Array(response).fill(9)];
const plan = (microbatches: number[][], examples: number[]) => ({
  settings: { seed: 1, batchSize: 2, microbatchSize: 2, epochs: 1, kl: false },
  dataset: '',
  steps: [{ epoch: 0, examples, microbatches }],
});
const step = (...rows: Row[]): StepRows => ({ rows, kl: [], desirable: [] });

test('padding is what is computed beside the rows', () => {
  // Two rows of 16, one of them full and one of 8: a quarter is padding.
  const one = computedTokens(plan([[0, 1]], [0, 1]), [step(row(10, 6, 1), row(5, 3, 2))]);
  expect(one).toEqual({ passes: 1, shapes: 1, padding: 0.25 });
  // Apart, 8 and 16 are padded to nothing.
  const apart = computedTokens(plan([[0], [1]], [0, 1]), [step(row(10, 6, 1), row(5, 3, 2))]);
  expect(apart).toEqual({ passes: 2, shapes: 2, padding: 0 });
});

test('a prompt that chosen and rejected share counts once', () => {
  // 20 + 6 + 6 tokens in one row, padded to 32.
  expect(computedTokens(plan([[0]], [0]), [step(row(20, 6), row(20, 6))])).toEqual({
    passes: 1,
    shapes: 1,
    padding: 0,
  });
});
