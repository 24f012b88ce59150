import { InputError } from './input_error';

/** One JSON value of a file. */
export interface Row {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly value: unknown;
}

export type Rows = Iterable<Row> | AsyncIterable<Row>;

/** The row's fields. @throws InputError when it is not an object */
export function fieldsOf(row: Row): Readonly<Record<string, unknown>> {
  const { value } = row;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(row, 'is not a JSON object');
  return value as Record<string, unknown>;
}

/** A field that must hold text. @throws InputError naming file, line and field */
export function textField(row: Row, field: string): string {
  const value = fieldsOf(row)[field];
  if (value === undefined) throw wrong(row, `has no field "${field}": add it, as text`);
  if (typeof value !== 'string') throw wrong(row, `field "${field}" must be text, not ${shown(value)}`);
  return value;
}

/** A value as a message shows it, cut where it is long. */
export function shown(value: unknown): string {
  // JSON has no whole numbers past 2^53, which parquet has.
  const json = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? String(value);
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}

export function wrong({ file, line }: Pick<Row, 'file' | 'line'>, what: string): InputError {
  return new InputError(`${file}: line ${line}: ${what}.`);
}
