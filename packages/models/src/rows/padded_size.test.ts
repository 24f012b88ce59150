import { expect, test } from 'vitest';
import { paddedSize } from './padded_size';

test.each([
  [1, 4],
  [4, 4],
  [37, 40],
  [64, 64],
  [65, 72],
  [129, 144],
  [255, 256],
  [257, 288],
  [500, 512],
  [2047, 2048],
])('%i tokens are padded to %i', (tokens, size) => {
  expect(paddedSize(tokens)).toBe(size);
});

test('at most an eighth more, from 32 tokens on, and few sizes', () => {
  const sizes = new Set<number>();
  for (let tokens = 32; tokens <= 2048; tokens++) {
    const size = paddedSize(tokens);
    expect(size).toBeGreaterThanOrEqual(tokens);
    expect(size - tokens).toBeLessThan(tokens / 8);
    sizes.add(size);
  }
  expect(sizes.size).toBeLessThan(8 * 7);
});
