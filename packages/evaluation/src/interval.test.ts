import { expect, test } from 'vitest';
import { meanInterval, wilson } from './interval';

// Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson of %d in %d', (successes, n, low, high) => {
  const interval = wilson(successes, n);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('without observations nothing is known', () => {
  expect(wilson(0, 0)).toEqual({ value: 0.5, low: 0, high: 1, n: 0 });
  expect(meanInterval([]).n).toBe(0);
  expect(meanInterval([3])).toEqual({ value: 3, low: -Infinity, high: Infinity, n: 1 });
});

test('the mean’s interval, by hand: 1, 2, 3 has s = 1, so 2 -+ 1.96 / sqrt 3', () => {
  const { value, low, high } = meanInterval([1, 2, 3]);
  expect(value).toBe(2);
  expect(high - value).toBeCloseTo(1.959964 / Math.sqrt(3), 5);
  expect(value - low).toBeCloseTo(1.959964 / Math.sqrt(3), 5);
});
