import type { Origin } from '../feedback';
import { shown, wrong } from '../row';
import { instantOf } from './instant';
import { isBlank, type View } from './view';

/** File, line and set, and, where the user named their columns, who and when. */
export function originOf(view: View): Omit<Origin, 'prompt'> {
  const [user, time, set] = [view.value('user'), view.value('time'), view.value('set')];
  return {
    source: view.row.file,
    line: view.row.line,
    ...(!isBlank(set) && isSet(view, set) && { set: readName(view, 'set', set) }),
    ...(!isBlank(user) && { user: readName(view, 'user', user) }),
    ...(!isBlank(time) && { time: readTime(view, time) }),
  };
}

/** What a file calls `set` by chance, and is no text, is one of the other fields. */
function isSet({ name }: View, value: unknown): boolean {
  return typeof value === 'string' || name('set') !== 'set';
}

function readName({ row, name }: View, field: 'user' | 'set', value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw wrong(row, `field "${name(field)}" must be text or a number, not ${shown(value)}`);
}

function readTime({ row, name }: View, value: unknown): number {
  const time = instantOf(value);
  if (time !== undefined) return time;
  const rule = 'ISO 8601, or seconds or milliseconds since 1970';
  throw wrong(row, `field "${name('time')}" must be a time (${rule}), not ${shown(value)}`);
}
