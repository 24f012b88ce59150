import { InputError } from '../input_error';

/**
 * Exact two-sided sign test: how probable a split at least as uneven as wins : losses is, were both equally likely. Ties
 * tell nothing and are left out.
 *
 *     p = min(1, 2 sum over k <= min(wins, losses) of C(n, k) / 2^n),  n = wins + losses
 *
 * Without a win or a loss it is 1.
 *
 * @throws InputError for counts that are not whole or are below 0
 *
 * Source: Arbuthnot 1710; Dixon and Mood, "The Statistical Sign Test", 1946.
 * @example
 * signTest({ wins: 15, losses: 5 }); // 0.041
 */
export function signTest({ wins, losses }: { readonly wins: number; readonly losses: number }): number {
  for (const [name, count] of Object.entries({ wins, losses })) {
    if (!Number.isInteger(count) || count < 0) {
      throw new InputError(`${name} is ${count}: give a whole number, 0 or more, and leave ties out.`);
    }
  }
  const n = wins + losses;
  // As logarithms, for 2^-n is 0 beyond n = 1074.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
