import { fieldsOf, type Row, shown, wrong } from '../row';

/** A field that must hold a number, or text that is one, as in files whose every value is text. @throws InputError */
export function numberField(row: Row, field: string): number {
  const value = fieldsOf(row)[field];
  if (value === undefined) throw wrong(row, `has no field "${field}": add it, a number`);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrong(row, `field "${field}" must be a number, not ${shown(value)}`);
}
