import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auc } from './auc';

test('by hand', () => {
  // Pairs: 3 : 1 and 3 : 2 win, 2 : 1 wins, 2 : 2 ties.
  expect(auc([3, 2], [1, 2])).toBe(3.5 / 4);
  expect(auc([1], [2])).toBe(0);
  expect(auc([5, 5], [5])).toBe(0.5);
  expect(auc([Infinity, 0], [-Infinity, 0])).toBe(3.5 / 4);
});

test('25 scores against 31, many of them equal: scipy.stats.mannwhitneyu(a, b).statistic / (25 * 31)', () => {
  const a = [11, 7, 8, 10, 6, 9, 10, 2, 0, 3, 3, 10, 10, 0, 5, 9, 1, 9, 1, 5, 9, 3, 4, 3, 8];
  const b = [2, 8, 4, 4, 4, 5, 4, 4, 8, 7, 7, 6, 5, 3, 8, 4, 1, 7, 1, 7, 5, 1, 0, 4, 0, 1, 4, 8, 4, 7, 8];
  expect(auc(a, b)).toBeCloseTo(0.6141935483870967, 12);
});

test('it is the share of pairs won, counted one by one', () => {
  const scores = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(scores, scores, (positives, negatives) => {
      const points = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
      const share = points.reduce((total: number, point) => total + point, 0) / points.length;
      expect(auc(positives, negatives)).toBeCloseTo(share, 12);
    }),
  );
});

test('one class alone has no area, and a score that is no number is refused', () => {
  expect(auc([], [1])).toBeNaN();
  expect(auc([1], [])).toBeNaN();
  expect(() => auc([1, Number.NaN], [2])).toThrow('A score is NaN');
});
