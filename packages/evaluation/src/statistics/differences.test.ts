import { mean, sampleStandardDeviation } from 'simple-statistics';
import { expect, test } from 'vitest';
import { tOutside } from './critical_values';
import { newcombe } from './newcombe';
import { pairedTTest } from './paired_t_test';

// Student, 1908: hours of sleep gained by ten patients under two drugs.
const dextro = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const laevo = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

test('the paired t test: Student’s patients slept 1.58 hours longer, t = 4.0621, p = 0.002833', () => {
  const { value, low, high, n, pValue } = pairedTTest({ a: laevo, b: dextro });
  expect([value, n]).toEqual([expect.closeTo(1.58, 12), 10]);
  // As R's t.test(..., paired = TRUE) prints them.
  expect([low, high]).toEqual([expect.closeTo(0.7001142, 6), expect.closeTo(2.4598858, 6)]);
  expect(pValue).toBeCloseTo(0.00283289, 7);
  const back = pairedTTest({ a: dextro, b: laevo });
  expect([back.value, back.low, back.high, back.pValue]).toEqual([-value, -high, -low, pValue]);
});

test('it is a second implementation’s t, read in a table', () => {
  const differences = laevo.map((x, i) => x - (dextro[i] as number));
  const t = mean(differences) / (sampleStandardDeviation(differences) / Math.sqrt(10));
  expect(pairedTTest({ a: laevo, b: dextro }).pValue).toBeCloseTo(tOutside(t, 9), 12);
  // Fisher and Yates, table III, and the closed forms at one and two degrees: 1 - 2/pi arctan t, 1 - t / sqrt(t^2 + 2).
  expect(tOutside(3.25, 9)).toBeCloseTo(0.01, 4);
  expect(tOutside(2.571, 5)).toBeCloseTo(0.05, 4);
  expect(tOutside(-3.3, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(3.3), 14);
  expect(tOutside(3.3, 2)).toBeCloseTo(1 - 3.3 / Math.sqrt(3.3 ** 2 + 2), 14);
  expect([tOutside(0, 4), tOutside(Infinity, 4)]).toEqual([1, 0]);
});

test('what tells nothing says so, and what cannot be compared is refused', () => {
  expect(pairedTTest({ a: [0.4], b: [0.1] })).toMatchObject({ low: -Infinity, high: Infinity, n: 1, pValue: 1 });
  expect(pairedTTest({ a: [], b: [] })).toMatchObject({ value: Number.NaN, n: 0, pValue: 1 });
  expect(pairedTTest({ a: [1, 2], b: [1, 2] }).pValue).toBe(1);
  // The same difference three times, but for the last bit.
  expect(pairedTTest({ a: [0.3, 0.4, 0.7], b: [0.1, 0.2, 0.5] }).pValue).toBe(1);
  expect(() => pairedTTest({ a: [1], b: [] })).toThrow('1 numbers in a and 0 in b');
  expect(() => pairedTTest({ a: [1, Number.NaN], b: [1, 1] })).toThrow('Pair 1 has NaN in a and 1 in b');
});

// Newcombe, "Interval estimation for the difference between independent proportions", 1998, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [0, 10, 0, 10, -0.2775, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])('%d of %d less %d of %d', (successes, n, others, m, low, high) => {
  const interval = newcombe({ successes, n }, { successes: others, n: m });
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
  expect(interval).toMatchObject({ value: successes / n - others / m, n: n + m });
});
