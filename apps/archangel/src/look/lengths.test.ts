import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lengths } from './lengths';

function lengthsOf(values: readonly number[]): Lengths {
  const lengths = new Lengths();
  for (const value of values) lengths.add(value);
  return lengths;
}

test('quantiles, counts and bins by hand', () => {
  const lengths = lengthsOf(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(lengths.summary()).toEqual({ n: 100, median: 50, p90: 90, p99: 99, max: 100 });
  expect(lengths.above(99)).toBe(1);
  expect(lengths.bins(40, 2)).toEqual([39, 61]);
  expect(new Lengths().summary()).toEqual({ n: 0, median: 0, p90: 0, p99: 0, max: 0 });
});

test('a quantile is that of the sorted values, and nothing is lost in bins', () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const sorted = [...all].sort((a, b) => a - b);
      const lengths = lengthsOf(all);
      expect(lengths.quantile(percent / 100)).toBe(sorted[Math.ceil((percent * all.length) / 100) - 1]);
      expect(lengths.bins(7, 4).reduce((a, b) => a + b)).toBe(all.length);
    }),
  );
});
