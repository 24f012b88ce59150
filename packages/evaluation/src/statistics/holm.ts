import { checkPValues } from './check_p_values';

/**
 * P-values of several comparisons, corrected so that the chance of any false finding among them stays below the level
 * they are read at, whatever depends on what. In the order given; with p_(1) <= ... <= p_(m):
 *
 *     holm_(i) = max over j <= i of min(1, (m - j + 1) p_(j))
 *
 * @throws InputError for a p-value outside [0, 1]
 *
 * Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979.
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holm(pValues: readonly number[]): number[] {
  checkPValues(pValues);
  const corrected = new Array<number>(pValues.length);
  const rising = [...pValues.keys()].sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  let least = 0;
  rising.forEach((place, before) => {
    least = Math.max(least, Math.min(1, (pValues.length - before) * (pValues[place] as number)));
    corrected[place] = least;
  });
  return corrected;
}
