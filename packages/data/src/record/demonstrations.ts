import type { Demonstration, Prompt } from '../feedback';
import { type Row, type Rows, wrong } from '../row';
import type { Tally } from '../tally';
import { formats, needed } from './format';
import { laidOut, type StreamOptions } from './laid_out';
import type { Layout } from './layout';
import { originOf } from './origin';
import { readTexts } from './texts';
import { readList, readResponse } from './turns';
import { isEmpty, type View, viewOf } from './view';

/**
 * Responses without any judgment, as a stream: to imitate, or to label (`labelTexts`).
 *
 *     { "prompt": ..., "response": "text" }
 *     { "messages": [{ "role": "user", "content": "text" }, ..., { "role": "assistant", "content": "text" }] }
 *
 * Columns are named and guessed as in `readFeedback`, and other fields, thumbs and scores too, are ignored. Of messages
 * the last, the assistant's, is the response. Rows with an empty response, or one that does not follow the user's turn,
 * are dropped and counted.
 *
 * @throws InputError naming file, line and field: a field missing or of the wrong type, a row of pairs or lists, no rows
 */
export async function* streamDemonstrations(
  rows: Rows,
  tally: Tally,
  options: StreamOptions = {},
): AsyncGenerator<Demonstration> {
  for await (const { row, layout } of laidOut(rows, options)) {
    const read = readDemonstration(row, layout);
    if (typeof read === 'string') tally.drop(read);
    else {
      tally.keep();
      yield read;
    }
  }
}

function readDemonstration(row: Row, { format, columns }: Layout): Demonstration | string {
  if (format !== 'conversations' && !needed[format].includes('response')) {
    throw wrong(row, `is ${formats[format]}: demonstrations are { prompt, response } or ${formats.conversations}`);
  }
  const view = viewOf(row, columns);
  const read = format === 'conversations' ? readTurnsBefore(view) : readTexts(view, ['response']);
  const origin = originOf(view);
  if (typeof read === 'string') return read;
  const [response] = read.texts as [string];
  return isEmpty(response) ? 'empty response' : { prompt: read.prompt, response, ...origin };
}

/** What the messages end with, and the others. */
function readTurnsBefore(view: View): { prompt: Prompt; texts: string[] } | string {
  const { row } = view;
  const name = view.name('messages');
  const { text, before } = readResponse(row, readList(row, view.value('messages'), name), name);
  return before.at(-1)?.role === 'user'
    ? { prompt: before, texts: [text] }
    : 'the response does not follow the user’s turn';
}
