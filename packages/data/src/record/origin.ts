import type { Origin } from '../feedback';
import { shown, wrong } from '../row';
import { instantOf } from './instant';
import { isBlank, type View } from './view';

/** File, line and, where the user named their columns, who and when. */
export function originOf(view: View): Omit<Origin, 'prompt'> {
  const [user, time] = [view.value('user'), view.value('time')];
  return {
    source: view.row.file,
    line: view.row.line,
    ...(!isBlank(user) && { user: readUser(view, user) }),
    ...(!isBlank(time) && { time: readTime(view, time) }),
  };
}

function readUser({ row, name }: View, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw wrong(row, `field "${name('user')}" must be text or a number, not ${shown(value)}`);
}

function readTime({ row, name }: View, value: unknown): number {
  const time = instantOf(value);
  if (time !== undefined) return time;
  const rule = 'ISO 8601, or seconds or milliseconds since 1970';
  throw wrong(row, `field "${name('time')}" must be a time (${rule}), not ${shown(value)}`);
}
