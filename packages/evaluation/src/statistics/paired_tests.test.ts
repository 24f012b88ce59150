import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mcnemar } from './mcnemar';
import { meanInterval } from './mean_interval';
import { pairedBootstrap } from './paired_bootstrap';
import { signTest } from './sign_test';

test('the sign test by hand: 2 (1 + 20 + 190 + 1140 + 4845 + 15504) / 2^20', () => {
  expect(signTest({ wins: 15, losses: 5 })).toBeCloseTo(43400 / 2 ** 20, 14);
  expect(signTest({ wins: 1, losses: 0 })).toBe(1);
  expect(signTest({ wins: 0, losses: 6 })).toBeCloseTo(2 / 64, 14);
  expect([signTest({ wins: 0, losses: 0 }), signTest({ wins: 7, losses: 7 })]).toEqual([1, 1]);
});

test('the sign test is the share of all sequences at least as uneven, counted in whole numbers', () => {
  const choose = (n: number, k: number): bigint => (k === 0 ? 1n : (choose(n, k - 1) * BigInt(n - k + 1)) / BigInt(k));
  for (let n = 1; n <= 40; n++) {
    for (let wins = 0; wins <= n; wins++) {
      let count = 0n;
      for (let k = 0; k <= n; k++) if (Math.abs(2 * k - n) >= Math.abs(2 * wins - n)) count += choose(n, k);
      expect(signTest({ wins, losses: n - wins })).toBeCloseTo(Number(count) / 2 ** n, 12);
    }
  }
});

test('thousands of prompts neither underflow nor overflow', () => {
  // The normal approximation: z = (100 - 1/2) / sqrt(5000 / 4) = 2.8143.
  expect(signTest({ wins: 2600, losses: 2400 })).toBeCloseTo(0.004888, 5);
  expect(signTest({ wins: 5000, losses: 0 })).toBeLessThan(1e-300);
});

test.each([[1.5], [-1], [Number.NaN]])('%d wins are refused', (wins) => {
  expect(() => signTest({ wins, losses: 1 })).toThrow(`wins is ${wins}: give a whole number`);
});

test('McNemar: what both get right or wrong tells nothing', () => {
  const [first, second] = [
    [...Array(9).fill(true), false, ...Array(20).fill(true), ...Array(5).fill(false)],
    [...Array(9).fill(false), true, ...Array(20).fill(true), ...Array(5).fill(false)],
  ];
  // 2 (1 + 10) / 2^10.
  expect(mcnemar(first, second)).toEqual({ onlyFirst: 9, onlySecond: 1, pValue: expect.closeTo(22 / 1024, 14) });
  expect(mcnemar(second, first)).toMatchObject({ onlyFirst: 1, onlySecond: 9 });
  expect(() => mcnemar(first, [true])).toThrow('35 items of the first and 1 of the second');
});

test('the bootstrap is what all resamples say, drawn one by one', () => {
  const a = [1, 0, 1, 1, 0.5, 1];
  const b = [0, 1, 0, 0.5, 0.5, 0];
  const every: number[] = [];
  for (let code = 0; code < 6 ** 6; code++) {
    let [rest, sum] = [code, 0];
    for (let draw = 0; draw < 6; draw++) {
      const i = rest % 6;
      rest = Math.floor(rest / 6);
      sum += (a[i] as number) - (b[i] as number);
    }
    every.push(sum / 6);
  }
  every.sort((x, y) => x - y);
  const found = pairedBootstrap({ a, b, seed: 1, resamples: 40_000 });
  expect(found.value).toBeCloseTo(2.5 / 6, 12);
  expect(found.n).toBe(6);
  // Of all resamples as many lie outside of either bound as should, give or take what drawing them adds.
  const share = (counts: (mean: number) => boolean) => every.filter(counts).length / every.length;
  expect(share((mean) => mean < found.low)).toBeLessThan(0.028);
  expect(share((mean) => mean <= found.low)).toBeGreaterThan(0.022);
  expect(share((mean) => mean > found.high)).toBeLessThan(0.028);
  expect(share((mean) => mean >= found.high)).toBeGreaterThan(0.022);
  const exact = 2 * share((mean) => mean <= 0);
  expect(exact).toBeGreaterThan(0.05);
  expect(Math.abs(found.pValue - exact)).toBeLessThan(0.01);
});

test('for many prompts it is Student’s interval of the differences', () => {
  const a = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 101) / 101 + 0.1);
  const b = Array.from({ length: 400 }, (_, i) => ((i * 104729) % 103) / 103);
  const found = pairedBootstrap({ a, b, seed: 3, resamples: 4000 });
  const student = meanInterval(a.map((x, i) => x - (b[i] as number)));
  expect(found.value).toBeCloseTo(student.value, 12);
  const width = student.high - student.low;
  expect(Math.abs(found.low - student.low)).toBeLessThan(0.05 * width);
  expect(Math.abs(found.high - student.high)).toBeLessThan(0.05 * width);
  expect(found.pValue).toBeCloseTo(2 / 4001, 12);
});

test('a seed gives the same figures, another seed others, and exchanged sides the opposite', () => {
  const a = Array.from({ length: 30 }, (_, i) => Math.sin(i));
  const b = Array.from({ length: 30 }, (_, i) => Math.cos(3 * i));
  const once = pairedBootstrap({ a, b, seed: 5, resamples: 500 });
  expect(pairedBootstrap({ a, b, seed: 5, resamples: 500 })).toEqual(once);
  expect(pairedBootstrap({ a, b, seed: 6, resamples: 500 }).low).not.toBe(once.low);
  const back = pairedBootstrap({ a: b, b: a, seed: 5, resamples: 500 });
  expect([back.low, back.high, back.pValue]).toEqual([-once.high, -once.low, once.pValue]);
});

test('what tells nothing says so, and what cannot be compared is refused', () => {
  expect(pairedBootstrap({ a: [1, 1, 0], b: [1, 1, 0], seed: 1 })).toMatchObject({ low: 0, high: 0, pValue: 1 });
  expect(pairedBootstrap({ a: [1], b: [0], seed: 1 })).toEqual({
    ...{ value: 1, low: -Infinity, high: Infinity, n: 1, pValue: 1 },
  });
  expect(pairedBootstrap({ a: [], b: [], seed: 1 }).value).toBeNaN();
  expect(() => pairedBootstrap({ a: [1], b: [], seed: 1 })).toThrow('1 numbers in a and 0 in b');
  expect(() => pairedBootstrap({ a: [1, Number.NaN], b: [1, 1], seed: 1 })).toThrow('Prompt 1 has NaN in a and 1 in b');
  expect(() => pairedBootstrap({ a: [1], b: [1], seed: 1, resamples: 0 })).toThrow('resamples is 0');
});

test('the p-value and the interval agree, but for the last resample', () => {
  const numbers = fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(numbers, (a) => {
      const { low, high, pValue } = pairedBootstrap({ a, b: a.map(() => 0), seed: 1, resamples: 400 });
      if (low > 0 || high < 0) expect(pValue).toBeLessThanOrEqual((2 * 11) / 401);
      else expect(pValue).toBeGreaterThanOrEqual((2 * 11) / 401);
    }),
    { numRuns: 50 },
  );
});
