import { InputError } from '../input_error';
import { signTest } from './sign_test';

export interface McNemar {
  /** Items that only the first got right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Exact and two-sided. */
  readonly pValue: number;
}

/**
 * Whether one of two is right more often than the other on the same items. Items on which they agree tell nothing; among
 * the others it is a sign test.
 *
 * @throws InputError for lists of different lengths
 *
 * Source: McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions", 1947; exact as in
 * Mosteller, "Some Statistical Methods for Measuring Subjective Phenomena", 1952.
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  if (first.length !== second.length) {
    throw new InputError(`${first.length} items of the first and ${second.length} of the second: give the same items.`);
  }
  const onlyFirst = first.filter((right, i) => right && !second[i]).length;
  const onlySecond = second.filter((right, i) => right && !first[i]).length;
  return { onlyFirst, onlySecond, pValue: signTest({ wins: onlyFirst, losses: onlySecond }) };
}
