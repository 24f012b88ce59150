import { checkPValues } from './check_p_values';

/**
 * P-values of several comparisons, corrected so that among what is called a finding the share of false ones stays below
 * the level they are read at. For looking around; `holm` is for claims. Holds for comparisons that are independent or rise
 * and fall together. In the order given; with p_(1) <= ... <= p_(m):
 *
 *     q_(i) = min over j >= i of min(1, m p_(j) / j)
 *
 * @throws InputError for a p-value outside [0, 1]
 *
 * Source: Benjamini and Hochberg, "Controlling the False Discovery Rate", 1995.
 * @example
 * benjaminiHochberg([0.01, 0.04, 0.03]); // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  checkPValues(pValues);
  const m = pValues.length;
  const corrected = new Array<number>(m);
  const falling = [...pValues.keys()].sort((i, j) => (pValues[j] as number) - (pValues[i] as number));
  let most = 1;
  falling.forEach((place, before) => {
    most = Math.min(most, (m * (pValues[place] as number)) / (m - before));
    corrected[place] = most;
  });
  return corrected;
}
