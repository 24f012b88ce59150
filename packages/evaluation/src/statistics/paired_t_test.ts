import { InputError } from '../input_error';
import { tOutside } from './critical_values';
import type { Estimate } from './interval';
import { meanInterval } from './mean_interval';

export interface PairedTTestOptions {
  /** A number of each of the two for every pair, in the same order: the win rates of two methods in every run, say. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Rounding of differences of this size, relative to the numbers, is no spread. */
const rounding = 1e-12;

/**
 * Difference of two means over pairs, mean(a) - mean(b), with Student's 95 % interval and the two-sided p-value of no
 * difference. With d the n differences and s their sample deviation:
 *
 *     t = mean(d) / (s / sqrt(n)),  p = P(|T| > |t|) with n - 1 degrees of freedom
 *
 * It is exact where differences are normal, and needs no seed: for few pairs, where `pairedBootstrap` is too narrow. Fewer
 * than two pairs tell nothing: an infinite interval, and a p-value of 1. So do differences that are all the same, for there
 * is no spread to judge them by: an interval of no width, and a p-value of 1.
 *
 * @throws InputError for lists of different lengths, or a number that is not finite
 *
 * Source: Student, "The Probable Error of a Mean", 1908.
 * @example
 * pairedTTest({ a: [0.42, 0.47, 0.66], b: [0.33, 0.43, 0.56] }); // 0.077 [-0.003, 0.157], pValue 0.054
 */
export function pairedTTest({ a, b }: PairedTTestOptions): Estimate & { readonly pValue: number } {
  if (a.length !== b.length) {
    throw new InputError(`${a.length} numbers in a and ${b.length} in b: give one of each for every pair.`);
  }
  const differences = a.map((x, i) => {
    const difference = x - (b[i] as number);
    if (!Number.isFinite(difference)) throw new InputError(`Pair ${i} has ${x} in a and ${b[i]} in b: leave it out.`);
    return difference;
  });
  const estimate = meanInterval(differences);
  return { ...estimate, pValue: pValueOf(differences, estimate.value, Math.max(0, ...[...a, ...b].map(Math.abs))) };
}

function pValueOf(differences: readonly number[], mean: number, size: number): number {
  const n = differences.length;
  if (n < 2) return 1;
  const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1));
  return deviation <= rounding * size ? 1 : tOutside(mean / (deviation / Math.sqrt(n)), n - 1);
}
