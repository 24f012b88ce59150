import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { lengthControlled } from './length_controlled';
import { wilson } from './wilson';

/** Outcomes with how many tokens more the candidate has. */
const of = (pairs: readonly (readonly [points: number, longerBy: number])[]) => ({
  outcomes: pairs.map(([points]) => points),
  candidateTokens: pairs.map(([, longerBy]) => 100 + longerBy),
  baselineTokens: pairs.map(() => 100),
});
const times = (n: number, points: number, longerBy: number) => Array(n).fill([points, longerBy] as const);

test('two groups, by hand: Firth’s fit adds half a win and half a loss to each', () => {
  // 10 tokens longer: 4 wins, a tie, a loss. 10 shorter: 2 wins, 4 losses. The sd of the differences is 10.
  const pairs = [
    ...times(4, 1, 10),
    ...times(1, 0.5, 10),
    ...times(1, 0, 10),
    ...times(2, 1, -10),
    ...times(4, 0, -10),
  ];
  const [longer, shorter] = [5 / 7, 2.5 / 7];
  const logit = (p: number) => Math.log(p / (1 - p));
  const middle = (logit(longer) + logit(shorter)) / 2;
  const variance = (1 / (6 * longer * (1 - longer)) + 1 / (6 * shorter * (1 - shorter))) / 4;
  const rate = (x: number) => 1 / (1 + Math.exp(-x));
  const found = lengthControlled(of(pairs));
  expect(found.value).toBeCloseTo(rate(middle), 8);
  expect(found.low).toBeCloseTo(rate(middle - 1.959963984540054 * Math.sqrt(variance)), 8);
  expect(found.high).toBeCloseTo(rate(middle + 1.959963984540054 * Math.sqrt(variance)), 8);
  expect(found.n).toBe(12);
});

test('the fit is the top of the penalised likelihood, found by looking everywhere', () => {
  const pairs = [3, -8, 15, 40, -22, 7, 0, 90, -3, 12, 5, -60].map(
    (d, i) => [[1, 0, 1, 0.5][i % 4] as number, d] as const,
  );
  const differences = pairs.map(([, d]) => d);
  const mean = differences.reduce((sum, d) => sum + d, 0) / 12;
  const sd = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 12);
  const height = (a: number, b: number) => {
    let [likelihood, w0, w1, w2] = [0, 0, 0, 0];
    for (const [y, d] of pairs) {
      const x = Math.tanh(d / sd);
      const p = 1 / (1 + Math.exp(-a - b * x));
      likelihood += y * Math.log(p) + (1 - y) * Math.log(1 - p);
      w0 += p * (1 - p);
      w1 += p * (1 - p) * x;
      w2 += p * (1 - p) * x * x;
    }
    return likelihood + Math.log(w0 * w2 - w1 * w1) / 2;
  };
  let [a, b] = [0, 0];
  for (let step = 1; step > 1e-7; ) {
    const around = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => [a + i * step, b + j * step] as const));
    const best = around.reduce((top, at) => (height(at[0], at[1]) > height(top[0], top[1]) ? at : top), [
      a,
      b,
    ] as const);
    if (best[0] === a && best[1] === b) step /= 2;
    [a, b] = best;
  }
  expect(lengthControlled(of(pairs)).value).toBeCloseTo(1 / (1 + Math.exp(-a)), 5);
});

test('a judge who likes nothing but length finds two equal models unequal, until length is held equal', () => {
  const random = xoroshiro128plus(11);
  const pairs = Array.from({ length: 400 }, () => {
    const longerBy = uniformInt(random, -40, 120);
    return [uniformFloat64(random) < 1 / (1 + Math.exp(-longerBy / 30)) ? 1 : 0, longerBy] as const;
  });
  const wins = pairs.filter(([points]) => points === 1).length;
  expect(wilson(wins, 400).low).toBeGreaterThan(0.6);
  const { low, high } = lengthControlled(of(pairs));
  expect(low).toBeLessThan(0.5);
  expect(high).toBeGreaterThan(0.5);
  expect(high - low).toBeLessThan(0.35);
});

test('exchanged sides turn it round', () => {
  const pairs = [3, -8, 15, 40, -22, 7, 0].map((d, i) => [[1, 0, 1][i % 3] as number, d] as const);
  const forth = lengthControlled(of(pairs));
  const back = lengthControlled(of(pairs.map(([points, d]) => [1 - points, -d])));
  expect(back.value).toBeCloseTo(1 - forth.value, 8);
  expect(back.low).toBeCloseTo(1 - forth.high, 8);
});

test('where length alone tells wins from losses the fit stays finite, and says little', () => {
  const { value, low, high } = lengthControlled(of([5, 9, 20, -5, -9, -20].map((d) => [d > 0 ? 1 : 0, d])));
  expect(value).toBeCloseTo(0.5, 6);
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(0.2);
  expect(high).toBeLessThan(1);
  const swept = lengthControlled(of([5, 9, 20, -5, -9, -20].map((d) => [1, d])));
  expect(swept.value).toBeGreaterThan(0.8);
  expect(swept.low).toBeLessThan(0.7);
  expect(swept.high).toBeLessThan(1);
});

test('one outlier in length among hundreds', () => {
  const pairs = [...times(300, 1, 0), ...times(200, 0, 0), ...times(1, 1, 5000)];
  const { value, low, high } = lengthControlled(of(pairs));
  expect(value).toBeCloseTo(0.6, 2);
  expect([low, high]).toEqual([expect.closeTo(0.556, 2), expect.closeTo(0.642, 2)]);
});

test('as long everywhere it is the win rate; longer by the same everywhere it cannot be told', () => {
  expect(lengthControlled(of([...times(6, 1, 0), ...times(2, 0, 0)]))).toEqual(wilson(6, 8));
  expect(lengthControlled(of([]))).toEqual(wilson(0, 0));
  // The last differ, but all so far to one side that nothing is known of equal lengths.
  for (const longerBy of [[5, 5, 5], [900, 901, 899], [7], [60, 90, 120, 75, 105, 100]]) {
    const pairs = longerBy.map((d, i) => [i % 2, d] as const);
    expect(lengthControlled(of(pairs))).toEqual({ value: Number.NaN, low: 0, high: 1, n: pairs.length });
  }
});

test('what cannot be compared is refused', () => {
  expect(() => lengthControlled({ ...of([[1, 0]]), baselineTokens: [] })).toThrow(
    '1 outcomes, 1 lengths of candidates and 0 of baselines',
  );
  expect(() => lengthControlled(of([[2, 0]]))).toThrow('Outcome 0 is 2');
  expect(() => lengthControlled(of([[1, Number.NaN]]))).toThrow('Prompt 0 has lengths of NaN and 100');
});
