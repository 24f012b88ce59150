import type { FeedbackRecord } from '../feedback';
import { type Row, shown, wrong } from '../row';
import type { Field } from './format';
import { numberOf, thumbOf, thumbRule } from './values';

/** What a row gives: feedback, after these repairs; or nothing, for this reason. */
export type Reading = { readonly records: readonly FeedbackRecord[]; readonly repairs: readonly string[] } | string;

/** A row seen through its file's columns. */
export interface View {
  readonly row: Row;
  /** What stands there; undefined where nothing does, null included. */
  value(field: Field): unknown;
  /** What the field is called in the file. */
  name(field: Field): string;
}

export function viewOf(row: Row, columns: ReadonlyMap<Field, string>): View {
  const own = row.value as Readonly<Record<string, unknown>>;
  const name = (field: Field) => columns.get(field) ?? field;
  const has = (field: Field) => columns.has(field) && Object.hasOwn(own, name(field));
  return { row, name, value: (field) => (has(field) ? (own[name(field)] ?? undefined) : undefined) };
}

export const isEmpty = (text: string) => text.trim() === '';

/** Nothing there, or the empty cell of a CSV file. */
export const isBlank = (value: unknown) => value === undefined || (typeof value === 'string' && isEmpty(value));

export function readThumb(view: View): boolean {
  const [value, name] = [view.value('desirable'), view.name('desirable')];
  if (value === undefined) throw wrong(view.row, `has no field "${name}": add it, true or false`);
  const thumb = thumbOf(value);
  if (thumb === undefined) throw wrong(view.row, `field "${name}" must be ${thumbRule(shown(value))}`);
  return thumb;
}

export function readNumber(view: View, field: Field): number {
  if (view.value(field) === undefined) throw wrong(view.row, `has no field "${view.name(field)}": add it, as a number`);
  return numberIn(view.row, view.value(field), view.name(field));
}

export function numberIn(row: Row, value: unknown, name: string): number {
  const number = numberOf(value);
  if (number === undefined) throw wrong(row, `field "${name}" must be a number, not ${shown(value)}`);
  return number;
}
