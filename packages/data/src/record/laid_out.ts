import { InputError } from '../input_error';
import { fieldsOf, type Row, type Rows } from '../row';
import type { Columns } from './columns';
import { findLayout, type Layout } from './layout';

export interface StreamOptions {
  /** The file's own names for the fields. `user` and `time` are read only where they are named here. */
  readonly columns?: Columns;
  /** Told which columns were guessed, once. */
  readonly onNote?: (note: string) => void;
}

/**
 * Each row with the layout that the first one gave.
 *
 * @throws InputError where there is no row, one is not an object, or none has a column that the user named
 */
export async function* laidOut(
  rows: Rows,
  { columns = {}, onNote }: StreamOptions,
): AsyncGenerator<{ row: Row; layout: Layout }> {
  let layout: Layout | undefined;
  let last: Row | undefined;
  const unseen = new Map<string, string>();
  for await (const row of rows) {
    const own = fieldsOf(row);
    if (!layout) {
      layout = findLayout(row, columns);
      if (layout.note !== undefined) onNote?.(layout.note);
      for (const [field, column] of layout.hoped) unseen.set(column, field);
    }
    for (const column of unseen.keys()) if (Object.hasOwn(own, column)) unseen.delete(column);
    last = row;
    yield { row, layout };
  }
  if (!last) throw new InputError('The feedback holds no rows.');
  for (const [column, field] of unseen) {
    throw new InputError(`${last.file}: no row has the field "${column}", which columns.${field} names.`);
  }
}
