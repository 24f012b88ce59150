import type { Preference } from '../feedback';
import type { SetName } from '../mixture/source';
import type { Rows } from '../row';
import type { Tally } from '../tally';
import { hhPreferences } from './hh';
import { oasstPreferences } from './oasst';
import type { Split } from './set_files';
import { shpPreferences } from './shp';

/** The pairs of a known set, by its own loader's rule, as a stream. */
export function setPreferences(
  set: SetName,
  rows: Rows,
  tally: Tally,
  options: { readonly seed: number; readonly split?: Split },
): AsyncGenerator<Preference> {
  if (set === 'shp') return shpPreferences(rows, tally, options);
  return set === 'hh' ? hhPreferences(rows, tally) : oasstPreferences(rows, tally);
}
