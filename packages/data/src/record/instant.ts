import { numberOf } from './values';

/** In seconds the year 5138, in milliseconds 1973: what is smaller counts seconds. */
const secondsBelow = 1e11;
const millisecondsBelow = 1e14;

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[-+]\d{2}:?\d{2})?)?$/i;

/**
 * A time in milliseconds since 1970: ISO 8601 text (UTC where it names no zone, so that no result depends on where it
 * is computed), or a number of seconds (below 100,000,000,000) or milliseconds since 1970. Undefined for anything else.
 */
export function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.getTime() : undefined;
  const number = numberOf(value);
  if (number !== undefined) {
    if (number < 0 || number >= millisecondsBelow) return undefined;
    return number < secondsBelow ? number * 1000 : number;
  }
  return typeof value === 'string' && value.length <= 40 ? readIso(value.trim()) : undefined;
}

function readIso(text: string): number | undefined {
  const [, day, clock = '00:00', zone = 'Z'] = iso.exec(text) ?? [];
  if (day === undefined) return undefined;
  // 30 February would become 1 March.
  const midnight = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined;
  const offset = zone.toUpperCase().replace(/^([-+]\d{2}):?(\d{2})$/, '$1:$2');
  const time = Date.parse(`${day}T${clock}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}
