import type { Row } from '../src/row';
import { type Counts, Tally } from '../src/tally';

/** Values as the rows of a file. */
export const rowsOf = (values: readonly unknown[], file = 'f.jsonl'): Row[] =>
  values.map((value, i) => ({ file, line: i + 1, value }));

/** What a function gives, and what it counted. */
export function counted<T>(run: (tally: Tally) => T): { result: T; counts: Counts } {
  const tally = new Tally();
  const result = run(tally);
  return { result, counts: tally.counts() };
}

/** Rows kept and dropped, which together must be those read. */
export const accounted = ({ kept, dropped }: Counts) => kept + Object.values(dropped).reduce((a, b) => a + b, 0);
