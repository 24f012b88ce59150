import { checkCount, InputError } from '../input_error';

/** Some of a list's values, next to each other in size. */
export interface Part {
  /** The smallest and the largest of them. */
  readonly low: number;
  readonly high: number;
  /** Where they stand in the list. */
  readonly places: readonly number[];
}

/**
 * Cuts values by size into parts of about equal count: thirds by length, say. Equal values stay together, so a cut that
 * would part them moves to the nearer end of them. There are fewer parts where there are not enough different values.
 *
 * @throws InputError for a value that is not a number
 * @example
 * equalParts([5, 1, 9, 1], 2); // [{ low: 1, high: 1, places: [1, 3] }, { low: 5, high: 9, places: [0, 2] }]
 */
export function equalParts(values: readonly number[], parts: number): Part[] {
  checkCount('parts', parts);
  const at = (place: number) => values[place] as number;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) throw new InputError(`Value ${i} is NaN and has no place among the others: leave it out.`);
  });
  const order = [...values.keys()].sort((i, j) => at(i) - at(j) || i - j);
  const sorted = order.map(at);
  const found: Part[] = [];
  let start = 0;
  for (let part = 1; part <= parts; part++) {
    const end = cutNear(sorted, Math.round((part * sorted.length) / parts), start);
    if (end <= start) continue;
    const places = order.slice(start, end).sort((i, j) => i - j);
    found.push({ low: sorted[start] as number, high: sorted[end - 1] as number, places });
    start = end;
  }
  return found;
}

/** Where to cut sorted values that no equal ones are parted, and something is left above `start`. */
function cutNear(sorted: readonly number[], cut: number, start: number): number {
  let [below, above] = [cut, cut];
  while (below > start && sorted[below] === sorted[below - 1]) below--;
  while (above < sorted.length && sorted[above] === sorted[above - 1]) above++;
  return below > start && cut - below < above - cut ? below : above;
}
