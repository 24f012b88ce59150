import { InputError } from '../input_error';

/**
 * The rank of each value among all, from 1; equal values share the mean of their ranks.
 *
 * @throws InputError for a value that is not a number
 */
export function midranks(values: readonly number[]): number[] {
  if (values.some(Number.isNaN)) throw new InputError('A score is NaN and has no rank: leave it out.');
  const at = (place: number) => values[place] as number;
  // Two infinities differ by NaN.
  const order = [...values.keys()].sort((i, j) => at(i) - at(j) || 0);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && at(order[end] as number) === at(order[start] as number)) end++;
    for (const place of order.slice(start, end)) ranks[place] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
