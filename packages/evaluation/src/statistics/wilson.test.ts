import { expect, test } from 'vitest';
import { wilson } from './wilson';

// Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%d in %d', (successes, n, low, high) => {
  const interval = wilson(successes, n);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('90 %: the bounds of scipy.stats.binomtest(7, 10).proportion_ci(0.9, "wilson")', () => {
  const { value, low, high, n } = wilson(7, 10, 0.9);
  expect([value, n]).toEqual([0.7, 10]);
  expect(low).toBeCloseTo(0.4416997958698351, 10);
  expect(high).toBeCloseTo(0.8731234160968021, 10);
});

test('at its ends it is exact', () => {
  for (const n of [1, 7, 20, 29, 1000]) {
    expect(wilson(0, n).low).toBe(0);
    expect(wilson(n, n).high).toBe(1);
  }
});

test('half a success moves both bounds up, and one half is the middle of its interval', () => {
  const [one, oneAndHalf, two] = [wilson(1, 3), wilson(1.5, 3), wilson(2, 3)];
  expect(oneAndHalf.value).toBe(0.5);
  expect(oneAndHalf.low + oneAndHalf.high).toBeCloseTo(1, 12);
  expect(oneAndHalf.low).toBeGreaterThan(one.low);
  expect(oneAndHalf.high).toBeLessThan(two.high);
});

test('without observations nothing is known', () => {
  expect(wilson(0, 0)).toEqual({ value: 0.5, low: 0, high: 1, n: 0 });
});

test.each([
  [4, 3],
  [-1, 3],
  [Number.NaN, 3],
])('%d successes in %d observations are refused', (successes, n) => {
  expect(() => wilson(successes, n)).toThrow(`${successes} successes in 3 observations.`);
});
