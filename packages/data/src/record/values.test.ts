import { expect, test } from 'vitest';
import { numberOf, thumbOf } from './values';

test.each([
  [true, [true, 1, 1n, 1.0, 'true', 'True', 'TRUE', ' up ', '1', 'UP']],
  [false, [false, 0, -0, 0n, 'false', 'False', 'down', '0']],
  [undefined, ['', 'yes', '👍', 2, -1, 0.5, Number.NaN, null, undefined, [], [1], {}, '01', 'x'.repeat(1e6)]],
])('%j is what these say', (thumb, values) => {
  for (const value of values) expect([value, thumbOf(value)]).toEqual([value, thumb]);
});

test('numbers, and texts that are one', () => {
  const numbers = [3, -2.5, 7n, '3', ' -2.5 ', '1e3', '.5', '5.', '+1'].map(numberOf);
  expect(numbers).toEqual([3, -2.5, 7, 3, -2.5, 1000, 0.5, 5, 1]);
  const others = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1e999',
    'NaN',
    '',
    ' ',
    '0x10',
    '1,5',
    '.',
    'e1',
    null,
    true,
    [1],
  ];
  for (const value of others) expect([value, numberOf(value)]).toEqual([value, undefined]);
});

test('a giant text of digits is no number, at once', () => {
  const start = performance.now();
  expect(numberOf(`${'1'.repeat(5e6)}x`)).toBeUndefined();
  // Without a limit of its length it would take hours.
  expect(performance.now() - start).toBeLessThan(5000);
});
