import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortNumber, ticks } from './ticks';

test('ticks are round', () => {
  expect(ticks(0.12, 0.48, 4)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(ticks(-3, 12, 4)).toEqual([-5, 0, 5, 10, 15]);
  expect(ticks(1, 100, 4)).toEqual([0, 50, 100]);
  expect(ticks(0, 0, 4)).toEqual([0, 0.5]);
  expect(ticks(0.5, 0.5 + 1e-12, 4)).toEqual([0.4, 0.6]);
});

test('they cover any range, and are few', () => {
  const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)];
      const all = ticks(least, most, 4);
      const slack = Math.max(1e-6 * Math.max(Math.abs(least), Math.abs(most)), 1e-30);
      expect(all[0]).toBeLessThanOrEqual(least + slack);
      expect(all.at(-1)).toBeGreaterThanOrEqual(most - slack);
      expect(new Set(all).size).toBeGreaterThanOrEqual(2);
      expect(all.length).toBeLessThanOrEqual(7);
    }),
  );
});

test('numbers are short', () => {
  const said = [0, 0.5, 0.04812, 12.345, 1234.5, 5e-7, -2.5e-5, 2e6].map((n) => shortNumber(n));
  expect(said).toEqual(['0', '0.5', '0.0481', '12.3', '1,235', '5e−7', '−2.5e−5', '2e6']);
});
