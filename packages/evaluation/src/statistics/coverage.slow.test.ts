import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { aucInterval } from './auc_interval';
import { holm } from './holm';
import type { Estimate } from './interval';
import { lengthControlled } from './length_controlled';
import { mannWhitney } from './mann_whitney';
import { meanInterval } from './mean_interval';
import { pairedBootstrap } from './paired_bootstrap';
import { signTest } from './sign_test';
import { wilson } from './wilson';

// How often an interval holds the truth, and a test cries wolf, in worlds whose truth is known.

const random = xoroshiro128plus(2024);
const uniform = () => uniformFloat64(random);
/** Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const list = (n: number, draw: () => number) => Array.from({ length: n }, draw);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function coverage(worlds: number, truth: number, estimate: () => Estimate): number {
  const held = list(worlds, () => {
    const { low, high } = estimate();
    return low <= truth && truth <= high ? 1 : 0;
  });
  return held.reduce((sum, x) => sum + x, 0) / worlds;
}

// Of two normal classes d apart the area is P(Z < d / sqrt 2).
test.each([
  [0, 0.5, 30, 30],
  [1, 0.7602499389065233, 30, 30],
  [1, 0.7602499389065233, 12, 60],
  [2.5, 0.961449926, 20, 20],
])('DeLong: normal classes %d apart, area %d, %d and %d examples', (apart, area, n, m) => {
  const share = coverage(2000, area, () =>
    aucInterval(
      list(n, () => normal() + apart),
      list(m, normal),
    ),
  );
  expect(share).toBeGreaterThan(0.925);
  expect(share).toBeLessThan(0.985);
});

test.each([0.05, 0.3, 0.5])('Wilson: a share of %d', (p) => {
  const share = coverage(4000, p, () => wilson(list(60, uniform).filter((u) => u < p).length, 60));
  expect(share).toBeGreaterThan(0.93);
  expect(share).toBeLessThan(0.98);
});

test('the paired bootstrap of 120 prompts, and Student’s interval of 12', () => {
  const points = (p: number) => (uniform() < p ? 1 : 0);
  const bootstrap = coverage(600, 0.15, () => {
    // Prompts are easy or hard for both.
    const hard = list(120, () => (uniform() < 0.5 ? 0.2 : -0.2));
    const [a, b] = [hard.map((h) => points(0.6 - h)), hard.map((h) => points(0.45 - h))];
    return pairedBootstrap({ a, b, seed: Math.floor(uniform() * 1e6), resamples: 800 });
  });
  expect(bootstrap).toBeGreaterThan(0.925);
  expect(bootstrap).toBeLessThan(0.98);
  const student = coverage(4000, 1, () => meanInterval(list(12, () => 1 + normal())));
  expect(Math.abs(student - 0.95)).toBeLessThan(0.015);
});

test.each([
  [0, 0],
  [0.4, 1.5],
  [-1, 0.8],
])('length held equal: quality %d, a liking for length of %d', (quality, liking) => {
  const share = coverage(1500, sigmoid(quality), () => {
    const differences = list(150, () => Math.round(30 * normal() + 15));
    const sd = Math.sqrt(30 ** 2 + 1 / 12);
    const outcomes = differences.map((d) => (uniform() < sigmoid(quality + liking * Math.tanh(d / sd)) ? 1 : 0));
    return lengthControlled({
      ...{ outcomes, candidateTokens: differences.map((d) => 500 + d) },
      baselineTokens: differences.map(() => 500),
    });
  });
  expect(share).toBeGreaterThan(0.93);
  expect(share).toBeLessThan(0.98);
});

test('where there is nothing to find, tests find it at most one time in twenty', () => {
  const found = (worlds: number, pValue: () => number) => list(worlds, pValue).filter((p) => p < 0.05).length / worlds;
  const coins = () => {
    const wins = list(40, uniform).filter((u) => u < 0.5).length;
    return signTest({ wins, losses: 40 - wins });
  };
  expect(found(4000, coins)).toBeLessThan(0.05);
  expect(found(4000, () => mannWhitney(list(12, normal), list(18, normal)))).toBeLessThan(0.06);
  // Ten slices at once find something in a third of the worlds, and with Holm's correction in a twentieth.
  const ten = () => list(10, () => mannWhitney(list(15, normal), list(15, normal)));
  expect(found(600, () => Math.min(...ten()))).toBeGreaterThan(0.25);
  expect(found(600, () => Math.min(...holm(ten())))).toBeLessThan(0.08);
});
