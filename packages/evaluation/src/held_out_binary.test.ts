import { expect, test } from 'vitest';
import { auc } from './held_out_binary';

test('the area under the curve, by hand', () => {
  // Pairs: 3 : 1 and 3 : 2 win, 2 : 1 wins, 2 : 2 ties.
  expect(auc([3, 2], [1, 2])).toBe(3.5 / 4);
  expect(auc([1], [2])).toBe(0);
  expect(auc([5, 5], [5])).toBe(0.5);
  expect(auc([], [1])).toBeNaN();
});
