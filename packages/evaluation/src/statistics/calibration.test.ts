import fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { calibration, marginCalibration } from './calibration';
import { equalParts } from './equal_parts';
import { wilson } from './wilson';

test('parts of equal count, equal values together', () => {
  expect(equalParts([5, 1, 9, 1], 2)).toEqual([
    { low: 1, high: 1, places: [1, 3] },
    { low: 5, high: 9, places: [0, 2] },
  ]);
  expect(equalParts([3, 3, 3, 3, 1, 7], 3).map(({ places }) => places)).toEqual([[4], [0, 1, 2, 3], [5]]);
  expect(equalParts([3, 3, 3, 1, 3, 3], 2).map(({ places }) => places)).toEqual([[3], [0, 1, 2, 4, 5]]);
  expect(equalParts([3, 3, 3, 1, 7, 3], 2).map(({ places }) => places)).toEqual([[0, 1, 2, 3, 5], [4]]);
  expect(equalParts([4, 4, 4], 3)).toEqual([{ low: 4, high: 4, places: [0, 1, 2] }]);
  expect(equalParts([], 3)).toEqual([]);
  expect(() => equalParts([1, Number.NaN], 2)).toThrow('Value 1 is NaN');
  expect(() => equalParts([1], 0)).toThrow('parts is 0');
});

test('every value is in one part, and parts do not overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 })), fc.integer({ min: 1, max: 6 }), (values, count) => {
      const parts = equalParts(values, count);
      expect(parts.length).toBeLessThanOrEqual(count);
      expect(parts.flatMap(({ places }) => places).sort((i, j) => i - j)).toEqual([...values.keys()]);
      for (const { low, high, places } of parts) {
        const own = places.map((i) => values[i] as number);
        expect([Math.min(...own), Math.max(...own)]).toEqual([low, high]);
      }
      for (const [i, { high }] of parts.entries()) expect(parts[i + 1]?.low ?? Infinity).toBeGreaterThan(high);
      // Without equal values, counts differ by one at most.
      if (new Set(values).size === values.length) {
        const sizes = parts.map(({ places }) => places.length);
        expect(Math.max(0, ...sizes) - Math.min(...sizes, Infinity)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('by hand', () => {
  const result = calibration({ predicted: [0.9, 0.6, 0.6, 0.9], outcomes: [1, 1, 0, 1], bins: 2 });
  expect(result).toEqual({
    bins: [
      { low: 0.6, high: 0.6, n: 2, predicted: 0.6, observed: wilson(1, 2) },
      { low: 0.9, high: 0.9, n: 2, predicted: 0.9, observed: wilson(2, 2) },
    ],
    expectedError: expect.closeTo(0.1, 12),
    brier: expect.closeTo((0.01 + 0.16 + 0.36 + 0.01) / 4, 12),
  });
});

test('margins: the higher reward is right as often as its margin says, a tie half', () => {
  const third = Math.log(3);
  const { bins, expectedError, brier } = marginCalibration([third, third, 0, -third, third, 0], { bins: 2 });
  expect(bins.map(({ low, n, observed }) => [low, n, observed.value])).toEqual([
    [0.5, 2, 0.5],
    [expect.closeTo(0.75, 12), 4, 0.75],
  ]);
  expect(expectedError).toBeCloseTo(0, 12);
  expect(brier).toBeCloseTo((3 * 0.0625 + 2 * 0.25 + 0.5625) / 6, 12);
  // Nothing learnt: always one half, and nobody is surprised.
  expect(marginCalibration([0, 0, 0])).toMatchObject({ expectedError: 0, brier: 0.25 });
  expect(marginCalibration([1000, -1000])).toMatchObject({ expectedError: 0.5, brier: 0.5 });
  expect(marginCalibration([Infinity]).brier).toBe(0);
});

test('what is drawn with its probability is calibrated, and what boasts is not', () => {
  const random = xoroshiro128plus(7);
  const predicted = Array.from({ length: 20_000 }, () => uniformFloat64(random));
  const outcomes = predicted.map((p) => (uniformFloat64(random) < p ? 1 : 0));
  const honest = calibration({ predicted, outcomes });
  expect(honest.bins.length).toBe(10);
  expect(honest.expectedError).toBeLessThan(0.015);
  // The mean of p (1 - p) over (0, 1).
  expect(honest.brier).toBeCloseTo(1 / 6, 2);
  const boast = calibration({ predicted: predicted.map((p) => (p > 0.5 ? 1 : 0)), outcomes });
  expect(boast.expectedError).toBeCloseTo(0.25, 1);
});

test('bins have 25 predictions or more unless asked for otherwise', () => {
  const binsOf = (n: number) => {
    const predicted = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    return calibration({ predicted, outcomes: predicted.map(Math.round) }).bins.length;
  };
  expect([0, 5, 49, 80, 1000].map(binsOf)).toEqual([0, 1, 1, 3, 10]);
});

test('without predictions there is no score, and what is no probability is refused', () => {
  expect(calibration({ predicted: [], outcomes: [] })).toEqual({ bins: [], expectedError: NaN, brier: NaN });
  expect(() => calibration({ predicted: [0.5], outcomes: [] })).toThrow('1 predictions and 0 outcomes');
  expect(() => calibration({ predicted: [0.5, 1.5], outcomes: [1, 1] })).toThrow('Prediction 1 is 1.5');
  expect(() => calibration({ predicted: [0.5], outcomes: [-1] })).toThrow('Outcome 0 is -1');
  expect(() => marginCalibration([Number.NaN])).toThrow('Prediction 0 is NaN');
});
