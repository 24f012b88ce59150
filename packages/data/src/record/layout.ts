import type { InputError } from '../input_error';
import { fieldsOf, type Row, wrong } from '../row';
import { type Columns, givenColumns, namesOf, synonyms } from './columns';
import { type Field, type Format, fields, formatOf, formats, needed } from './format';

/** How the rows of one file are read. */
export interface Layout {
  readonly format: Format;
  /** The column of each field; a field that has none is not looked for. */
  readonly columns: ReadonlyMap<Field, string>;
  /** Columns the user named that no row need have. */
  readonly hoped: ReadonlyMap<Field, string>;
  /** Which columns were guessed, for the app to say. */
  readonly note?: string;
}

const optional: readonly Field[] = ['margin', 'ranks', 'user', 'time', 'set'];

/**
 * How a file is read, from its first row: columns the user names, then fields by their own names, and for what is then
 * missing a synonym, if the row has exactly one.
 *
 * @throws InputError for a column the row lacks, two synonyms of one field, and a row of no format or of two
 */
export function findLayout(first: Row, named: Columns = {}): Layout {
  const given = givenColumns(named);
  const own = fieldsOf(first);
  for (const [field, column] of given) {
    if (!Object.hasOwn(own, column) && !optional.includes(field) && field !== 'rating') {
      throw wrong(first, `has no field "${column}", which columns.${field} names: it has ${list(own)}`);
    }
  }
  const columns = new Map<Field, string>();
  const found = (field: Field) => namesOf(field, given).find((name) => Object.hasOwn(own, name));
  for (const field of fields) {
    const column = found(field) ?? namesOf(field, given)[0];
    if (column !== undefined) columns.set(field, column);
  }
  // A turn's rating is inside of messages; a row's may be a score.
  const outer = fields.filter((field) => field !== 'rating');
  const taken = new Set(outer.flatMap((field) => given.get(field) ?? found(field) ?? []));
  const guessable = (field: Field) =>
    !columns.has(field) || found(field) !== undefined
      ? []
      : (synonyms[field] ?? []).filter((name) => Object.hasOwn(own, name) && !taken.has(name));

  const format = chooseFormat(first, (field) => found(field) !== undefined, guessable);
  const guesses: string[] = [];
  for (const field of ['prompt', ...needed[format]] as const) {
    const names = guessable(field);
    if (names.length > 1) {
      throw wrong(first, `has ${quoted(names)}, each of which may be the ${field}: name it, columns.${field}`);
    }
    if (names[0] === undefined) continue;
    columns.set(field, names[0]);
    guesses.push(`"${names[0]}" as ${field}`);
  }
  const note = `${first.file}: takes ${guesses.join(', ')}. If that is wrong, name the columns.`;
  const hoped = new Map([...given].filter(([field]) => optional.includes(field)));
  return { format, columns, hoped, ...(guesses.length > 0 && { note }) };
}

/** The format of a later row, read by the same columns. @throws InputError where it is not the one the file began with */
export function holdToFormat(row: Row, { format: begun, columns }: Layout): void {
  const own = fieldsOf(row);
  const has = (field: Field) => Object.hasOwn(own, columns.get(field) ?? '') && columns.has(field);
  const format = formatOf(has);
  if (format === begun) return;
  if (format === 'both') throw bothFormats(row);
  // A row that lacks a field of its format is told so when it is read.
  if (format === undefined && needed[begun].some(has)) return;
  if (format === 'binary' && !has('desirable') && needed[begun].includes('response')) return;
  if (format === 'rankings' && begun === 'score lists') return;
  if (format === undefined) throw noFormat(row);
  throw wrong(row, `is ${formats[format]}, but the file began with ${formats[begun]}: split it in two`);
}

type Names = (field: Field) => readonly string[];

function chooseFormat(first: Row, named: (field: Field) => boolean, guessable: Names): Format {
  const judged = (['desirable', 'score'] as const).filter((field) => guessable(field).length > 0);
  let format = formatOf(named);
  if (format === undefined) {
    const either = (field: Field) => named(field) || guessable(field).length > 0;
    format = formatOf(either);
    if (format === 'both') throw twoFormats(first, fields.filter((field) => field !== 'prompt').flatMap(guessable));
  } else if (format === 'binary' && !named('desirable')) {
    format = formatOf((field) => named(field) || judged.some((one) => one === field));
  }
  if (format === 'both') throw bothFormats(first);
  if (format === undefined) throw noFormat(first);
  if (format === 'binary' && !named('desirable') && judged.length > 1)
    throw twoFormats(first, judged.flatMap(guessable));
  return format;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(' and ');
const list = (own: object) => Object.keys(own).join(', ') || 'no fields';

function twoFormats(row: Row, names: readonly string[]): InputError {
  return wrong(row, `may be of more than one format by ${quoted(names)}: name the columns that count`);
}

function bothFormats(row: Row): InputError {
  return wrong(row, `is both ${formats.binary} and ${formats.preferences}: keep the fields of one`);
}

function noFormat(row: Row): InputError {
  const { binary, preferences, ...others } = formats;
  const rest = Object.values(others).join(', ');
  return wrong(row, `is neither ${binary} nor ${preferences}, nor any of ${rest}: it has ${list(fieldsOf(row))}`);
}
