import { expect, test } from 'vitest';
import { meanInterval } from './mean_interval';

test('by hand: 1, 2, 3 has s = 1, and t at 2 degrees is 4.3027, so 2 -+ 4.3027 / sqrt 3', () => {
  const { value, low, high, n } = meanInterval([1, 2, 3]);
  expect([value, n]).toEqual([2, 3]);
  expect(high - value).toBeCloseTo(4.302652729749462 / Math.sqrt(3), 9);
  expect(value - low).toBeCloseTo(4.302652729749462 / Math.sqrt(3), 9);
});

// scipy.stats.t.interval(c, 6, loc=mean(x), scale=sem(x)).
test.each([
  [0.95, 2.070443773877267, 4.615270511837018],
  [0.99, 1.4149654712969695, 5.270748814417315],
])('seven numbers at %d', (confidence, low, high) => {
  const interval = meanInterval([2.1, 3.4, 1.9, 5.6, 4.4, 2.2, 3.8], confidence);
  expect(interval.low).toBeCloseTo(low, 9);
  expect(interval.high).toBeCloseTo(high, 9);
});

test('few observations say little, and none nothing', () => {
  expect(meanInterval([3])).toEqual({ value: 3, low: -Infinity, high: Infinity, n: 1 });
  expect(meanInterval([])).toEqual({ value: Number.NaN, low: -Infinity, high: Infinity, n: 0 });
  expect(meanInterval([0.1, 0.1, 0.1]).high).toBeCloseTo(0.1, 12);
});
