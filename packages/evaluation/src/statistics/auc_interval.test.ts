import fc from 'fast-check';
import { errorFunction, sampleVariance, wilcoxonRankSum } from 'simple-statistics';
import { expect, test } from 'vitest';
import { auc } from './auc';
import { aucInterval } from './auc_interval';
import { normalCriticalValue } from './critical_values';
import { mannWhitney } from './mann_whitney';
import { wilson } from './wilson';

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const beats = (x: number, y: number): number => (x > y ? 1 : x === y ? 0.5 : 0);
const logit = (p: number) => Math.log(p / (1 - p));

/** The standard error as DeLong, DeLong and Clarke-Pearson define it, over all pairs. */
function deLong(positives: readonly number[], negatives: readonly number[]): number {
  const v10 = positives.map((x) => mean(negatives.map((y) => beats(x, y))));
  const v01 = negatives.map((y) => mean(positives.map((x) => beats(x, y))));
  return Math.sqrt(sampleVariance(v10) / positives.length + sampleVariance(v01) / negatives.length);
}

test('the area, its error by definition, and the interval on the logit scale', () => {
  const scores = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 15 });
  fc.assert(
    fc.property(scores, scores, (positives, negatives) => {
      const { value, low, high, n } = aucInterval(positives, negatives);
      expect(n).toBe(positives.length + negatives.length);
      expect(value).toBe(auc(positives, negatives));
      const error = deLong(positives, negatives);
      fc.pre(error > 1e-9);
      expect(low).toBeLessThan(value);
      const half = (logit(high) - logit(low)) / 2;
      expect(half * value * (1 - value)).toBeCloseTo(normalCriticalValue(0.95) * error, 9);
      expect((logit(high) + logit(low)) / 2).toBeCloseTo(logit(value), 9);
    }),
  );
});

test('exchanged classes turn the interval round, and more confidence widens it', () => {
  const [a, b] = [
    [0.9, 0.8, 0.8, 0.3, 0.6],
    [0.7, 0.1, 0.3, 0.2],
  ];
  const [forth, back] = [aucInterval(a, b), aucInterval(b, a)];
  expect(back.low).toBeCloseTo(1 - forth.high, 12);
  expect(back.high).toBeCloseTo(1 - forth.low, 12);
  expect(aucInterval(a, b, 0.99).low).toBeLessThan(forth.low);
});

test('where the variance says nothing, as many pairs as can be made without using an example twice do', () => {
  expect(aucInterval([3, 4, 5], [1, 2])).toEqual({ ...wilson(2, 2), n: 5 });
  expect(aucInterval([1], [2, 3, 4])).toEqual({ ...wilson(0, 1), n: 4 });
  expect(aucInterval([0, 0, 0], [0, 0, 0, 0])).toEqual({ ...wilson(1.5, 3), n: 7 });
  // One positive that beats three of four.
  expect(aucInterval([4], [1, 2, 3, 5])).toEqual({ ...wilson(0.75, 1), n: 5 });
  expect(aucInterval([], [1, 2])).toEqual({ value: Number.NaN, low: 0, high: 1, n: 2 });
  expect(() => aucInterval([1, Number.NaN], [1])).toThrow('A score is NaN');
});

test('ranks of any sample are simple-statistics’', () => {
  const [a, b] = [
    [11, 7, 8, 10, 6, 9, 10, 2, 0, 3],
    [2, 8, 4, 4, 4, 5, 4],
  ];
  expect(auc(a, b)).toBeCloseTo((wilcoxonRankSum(a, b) - (10 * 11) / 2) / 70, 12);
});

/** The Mann-Whitney statistic of every way to choose which of the scores are the positives'. */
function everyStatistic(scores: readonly number[], positives: number): number[] {
  const found: number[] = [];
  for (let set = 0; set < 2 ** scores.length; set++) {
    const chosen = scores.filter((_, i) => (set >> i) & 1);
    if (chosen.length !== positives) continue;
    const others = scores.filter((_, i) => !((set >> i) & 1));
    found.push(chosen.flatMap((x) => others.map((y) => beats(x, y))).reduce((sum, x) => sum + x, 0));
  }
  return found;
}

test('Mann-Whitney: close to the exact test, by all 3003 ways to divide 15 scores', () => {
  const a = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const b = [1.15, 0.88, 0.9, 0.74, 1.21];
  const every = everyStatistic([...a, ...b], 10);
  const exact = every.filter((u) => Math.abs(u - 25) >= 10).length / every.length;
  // wilcox.test of R on its own example: 0.2544 exactly, and W = 35.
  expect(exact).toBeCloseTo(0.2544, 4);
  const z = (10 - 0.5) / Math.sqrt((50 * 16) / 12);
  expect(mannWhitney(a, b)).toBeCloseTo(1 - errorFunction(z / Math.SQRT2), 6);
  expect(Math.abs(mannWhitney(a, b) - exact)).toBeLessThan(0.02);
  expect(mannWhitney(b, a)).toBeCloseTo(mannWhitney(a, b), 12);
});

test('with ties its variance is that of all ways to divide the scores', () => {
  const [a, b] = [
    [2, 3, 4, 4, 4],
    [1, 2, 2, 3],
  ];
  const every = everyStatistic([...a, ...b], 5);
  const sd = Math.sqrt(mean(every.map((u) => (u - 10) ** 2)));
  const u = a.flatMap((x) => b.map((y) => beats(x, y))).reduce((sum, x) => sum + x, 0);
  expect(mannWhitney(a, b)).toBeCloseTo(1 - errorFunction((u - 10 - 0.5) / sd / Math.SQRT2), 6);
});

test('no difference, no class and no spread are no finding', () => {
  expect([mannWhitney([1, 4], [2, 3]), mannWhitney([], [1]), mannWhitney([2, 2], [2])]).toEqual([1, 1, 1]);
  expect(mannWhitney([1], [2])).toBe(1);
});
