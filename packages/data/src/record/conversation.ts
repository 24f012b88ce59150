import type { Binary, FeedbackRecord } from '../feedback';
import { shown, wrong } from '../row';
import { originOf } from './origin';
import { plain, readList, readTurns } from './turns';
import { thumbOf, thumbRule } from './values';
import { isBlank, isEmpty, type Reading, type View } from './view';

/**
 * A conversation `{ messages: [{ role, content, rating? }, ...] }`: each turn of the assistant with a thumb is an example,
 * and the turns before it, whatever their own thumbs, are its prompt.
 *
 * A turn is left out, and counted, when it is empty or does not follow the user's; the row is dropped when none remains.
 */
export function readConversation(view: View): Reading {
  const { row } = view;
  const [messages, rating] = [view.name('messages'), view.name('rating')];
  const turns = readTurns(row, readList(row, view.value('messages'), messages), messages);
  const origin = originOf(view);
  const records: FeedbackRecord[] = [];
  const left: string[] = [];
  turns.forEach(({ role, content, fields }, i) => {
    const stated = Object.hasOwn(fields, rating) ? (fields[rating] ?? undefined) : undefined;
    if (isBlank(stated)) return;
    const name = `${messages}[${i}].${rating}`;
    const desirable = thumbOf(stated);
    if (desirable === undefined) throw wrong(row, `field "${name}" must be ${thumbRule(shown(stated))}`);
    if (role !== 'assistant') {
      throw wrong(row, `field "${name}" rates a turn of the ${role}: only the assistant’s can be rated`);
    }
    if (turns[i - 1]?.role !== 'user') left.push('a rated turn that does not follow the user’s');
    else if (isEmpty(content)) left.push('empty response');
    else {
      const example: Binary = { prompt: turns.slice(0, i).map(plain), response: content, desirable, ...origin };
      records.push({ kind: 'binary', example });
    }
  });
  if (records.length > 0) return { records, repairs: left.map((reason) => `a rated turn left out: ${reason}`) };
  return left[0] ?? 'no rated turn';
}
