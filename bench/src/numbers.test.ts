import { expect, test } from 'vitest';
import { digits, gigabytes, spread } from './numbers';

test.each([
  [0.96123, '0.961'],
  [2.2, '2.20'],
  [65.74, '65.7'],
  [1067.4, '1,067'],
  [0.0053712, '0.00537'],
  [0, '0.00'],
  [Number.NaN, 'NaN'],
])('%f has three significant digits, %s', (value, text) => {
  expect(digits(value)).toBe(text);
});

test('a spread names its unit once, and memory is in gigabytes', () => {
  expect(spread({ median: 0.96, low: 0.95, high: 1.023 }, ' s')).toBe('0.960 s (0.950 to 1.02)');
  expect(gigabytes(2_310_000_000)).toBe('2.31 GB');
});
