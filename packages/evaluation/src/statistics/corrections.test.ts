import fc from 'fast-check';
import { expect, test } from 'vitest';
import { benjaminiHochberg } from './benjamini_hochberg';
import { holm } from './holm';

const close = (values: number[]) => values.map((value) => expect.closeTo(value, 12));

test('by hand', () => {
  // p.adjust of R: holm, then BH.
  expect(holm([0.01, 0.02, 0.03, 0.04, 0.05])).toEqual(close([0.05, 0.08, 0.09, 0.09, 0.09]));
  expect(benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05])).toEqual(close([0.05, 0.05, 0.05, 0.05, 0.05]));
  expect(holm([0.01, 0.04, 0.03])).toEqual(close([0.03, 0.06, 0.06]));
  expect(benjaminiHochberg([0.01, 0.04, 0.03])).toEqual(close([0.03, 0.04, 0.04]));
  expect([holm([]), benjaminiHochberg([]), holm([0.2]), benjaminiHochberg([0.2])]).toEqual([[], [], [0.2], [0.2]]);
  expect([holm([0.9, 0.6]), benjaminiHochberg([0.9, 1])]).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

const pValues = fc.array(
  fc.integer({ min: 0, max: 20 }).map((i) => i / 20),
  { minLength: 1, maxLength: 7 },
);

test('Holm’s are those of closed testing: the worst of all sets of comparisons that one is in, each by Bonferroni', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const worst = p.map((_, i) => {
        let most = 0;
        for (let set = 1; set < 2 ** p.length; set++) {
          const members = p.filter((_, j) => (set >> j) & 1);
          if ((set >> i) & 1) most = Math.max(most, Math.min(1, members.length * Math.min(...members)));
        }
        return most;
      });
      expect(holm(p)).toEqual(close(worst));
    }),
  );
});

test('Benjamini and Hochberg’s are the smallest share of false findings at which one is a finding', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const least = p.map((own) => {
        const levels = p.filter((level) => level >= own);
        return Math.min(1, ...levels.map((level) => (p.length * level) / p.filter((other) => other <= level).length));
      });
      expect(benjaminiHochberg(p)).toEqual(close(least));
    }),
  );
});

test.each([[-0.1], [1.1], [Number.NaN]])('a p-value of %d is refused', (p) => {
  for (const correct of [holm, benjaminiHochberg]) expect(() => correct([0.5, p])).toThrow(`P-value 1 is ${p}`);
});
