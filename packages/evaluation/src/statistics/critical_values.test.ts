import { expect, test } from 'vitest';
import { normalCriticalValue, normalOutside, tCriticalValue } from './critical_values';

// Values of scipy.stats.norm.ppf((1 + c) / 2).
test.each([
  [0.5, 0.6744897501960817],
  [0.8, 1.2815515655446004],
  [0.9, 1.6448536269514722],
  [0.95, 1.959963984540054],
  [0.99, 2.5758293035489004],
  [0.999, 3.2905267314919255],
  [0.999999, 4.891638475671085],
])('normal, %d', (confidence, z) => {
  expect(normalCriticalValue(confidence)).toBeCloseTo(z, 9);
});

// Values of scipy.stats.t.ppf((1 + c) / 2, degrees).
test.each([
  [0.95, 1, 12.706204736174694],
  [0.95, 2, 4.302652729749462],
  [0.95, 3, 3.1824463052837078],
  [0.95, 4, 2.7764451051977934],
  [0.8, 2, 1.8856180831641272],
  [0.99, 5, 4.032142983555228],
  [0.9, 7, 1.8945786050900062],
  [0.95, 9, 2.262157162798205],
  [0.95, 10, 2.228138851986274],
  [0.95, 30, 2.0422724563012378],
  [0.95, 99, 1.9842169515864174],
  [0.95, 2500, 1.960913344795567],
])('Student, %d with %d degrees', (confidence, degrees, t) => {
  expect(tCriticalValue(confidence, degrees)).toBeCloseTo(t, 9);
});

// Values of scipy.stats.norm.sf(z) * 2.
test.each([
  [0, 1],
  [0.5, 0.6170750774519738],
  [-1.959963984540054, 0.05],
  [3, 0.0026997960632601866],
  [5, 5.733031437583869e-7],
])('P(|Z| > |%d|)', (z, p) => {
  expect(normalOutside(z)).toBeCloseTo(p, 12);
});

test('far out there is nothing', () => {
  expect([normalOutside(40), normalOutside(Infinity)]).toEqual([0, 0]);
});

test.each([0, 1, 95, Number.NaN])('a confidence of %d is refused', (confidence) => {
  expect(() => normalCriticalValue(confidence)).toThrow(`A confidence of ${confidence} is no share`);
  expect(() => tCriticalValue(confidence, 3)).toThrow(RangeError);
});
