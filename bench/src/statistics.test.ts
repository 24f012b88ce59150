import { expect, test } from 'vitest';
import { median, ratioByRound, summary } from './statistics';

test('the median is the middle value, or the mean of the two in the middle, in any order', () => {
  expect(median([3])).toBe(3);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow('no values');
});

test('a summary has the extremes, and leaves its input as it was', () => {
  const values = [3, 1, 2];
  expect(summary(values)).toEqual({ median: 2, low: 1, high: 3 });
  expect(values).toEqual([3, 1, 2]);
});

test('the ratio is taken within each round, so a slow spell that hits both is no difference', () => {
  const ours = [
    [1, 1, 9],
    [4, 4, 4],
    [1, 2, 1.5],
  ];
  const peers = [
    [2, 2, 2],
    [8, 8, 8],
    [6, 3, 4.5],
  ];
  expect(ratioByRound(ours, peers)).toEqual({ median: 2, low: 2, high: 3 });
  expect(() => ratioByRound(ours, peers.slice(1))).toThrow("3 rounds of ours, 2 of the peer's");
});
