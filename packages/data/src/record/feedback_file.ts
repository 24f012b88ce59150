import type { Binary, Feedback, FeedbackRecord, Preference, Ranked, Scored } from '../feedback';
import { InputError } from '../input_error';
import { Ledger } from '../rated/ledger';
import { type PairOptions, rankPairs, scorePairs } from '../rated/pairs';
import { rankThumbs, scoreThumbs, type ThumbOptions } from '../rated/thumbs';
import { type Rows, wrong } from '../row';
import type { Tally } from '../tally';
import { readings } from './feedback_stream';
import { kinds } from './format';
import type { StreamOptions } from './laid_out';

export interface FeedbackOptions extends Omit<StreamOptions, 'onNote'> {
  /** What scores and ranks become. A file of them is an error without it. */
  readonly rated?: ({ readonly as: 'pairs' } & PairOptions) | ({ readonly as: 'thumbs' } & ThumbOptions);
}

/**
 * A file of feedback, whole, in one of these formats, found from its first row and held to:
 *
 *     { "prompt": ..., "response": "text", "desirable": true }                 or "label"
 *     { "prompt": ..., "chosen": "text", "rejected": "text" }                  and "margin": 1.5, if it was said
 *     { "prompt": ..., "output_A": "text", "output_B": "text", "label": 1 }    1 where A is the better, as HALOs has it
 *     { "prompt": ..., "response": "text", "score": 4 }                        or lists, "responses" and "scores"
 *     { "prompt": ..., "response": "text", "rank": 1 }                         the smallest is the best
 *     { "prompt": ..., "responses": ["best", ..., "worst"] }                   and "ranks", if there are ties
 *     { "messages": [{ "role": "assistant", "content": "text", "rating": true }, ...] }
 *
 * `prompt` is text (one turn of the user) or turns `[{ "role": "user", "content": "text" }, ...]` that end with the
 * user's. A response is text, or turns of which the last, the assistant's, is it, and the others are the prompt. A thumb
 * (`desirable`, `label`, `rating`) is true, 1 or "up", or false, 0 or "down". A row's `set`, if it has one, is the data set
 * that it counts to. Other fields are ignored.
 *
 * `columns` names the fields where a file calls them differently. Of fields still missing, a synonym is taken, if the
 * first row has just one, and said in `notes`: instruction, question, query or input for the prompt; completion, answer,
 * output or reply; thumb, liked or vote; preferred or winner, dispreferred or loser; rating or reward for a score;
 * completions, answers or outputs; conversation or turns.
 *
 * Rows with an empty response are dropped and counted; so is what `scoresToPreferences` and its kin leave out. Every row
 * is counted once, as kept or dropped.
 *
 * @throws InputError naming file, line and field: a field missing or of the wrong type, a row or a file of two formats,
 * two synonyms of one field, scores or ranks without `rated`, no rows
 */
export async function readFeedback(
  rows: Rows,
  tally: Tally,
  { columns, rated }: FeedbackOptions = {},
): Promise<Feedback & { readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const examples: FeedbackRecord['example'][] = [];
  const repairs: (readonly string[])[] = [];
  let kind: FeedbackRecord['kind'] | undefined;
  for await (const { row, reading, format } of readings(rows, { columns, onNote: (note) => notes.push(note) })) {
    kind = kinds[format];
    // Whether a row of scores is kept shows only when it is compared with the others.
    const compared = kind === 'scores' || kind === 'ranks';
    if (compared && !rated) throw wrong(row, `holds ${kind}: say what they become, pairs or thumbs, with "rated"`);
    if (typeof reading === 'string') {
      tally.drop(reading);
      continue;
    }
    if (compared) repairs.push(reading.repairs);
    else tally.keep(reading.repairs);
    for (const { example } of reading.records) examples.push(example);
  }
  if (kind === 'binary') return { kind, examples: examples as Binary[], notes };
  if (kind === 'preferences' || !rated) return { kind: 'preferences', examples: examples as Preference[], notes };
  const ledger = new Ledger(examples.length);
  const feedback = convert(kind === 'scores', examples, rated, ledger);
  repairs.forEach((reasons, record) => {
    for (const reason of reasons) ledger.leave(record, reason);
  });
  ledger.settle(tally);
  return { ...feedback, notes };
}

type Rated = NonNullable<FeedbackOptions['rated']>;

function convert(scores: boolean, examples: readonly unknown[], rated: Rated, ledger: Ledger): Feedback {
  const [scored, ranked] = [examples as Scored[], examples as Ranked[]];
  if (rated.as === 'pairs') {
    const pairs = scores ? scorePairs(scored, rated, ledger) : rankPairs(ranked, rated, ledger);
    return { kind: 'preferences', examples: pairs };
  }
  if (rated.as !== 'thumbs') throw new InputError(`rated.as: must be "pairs" or "thumbs", not ${(rated as Rated).as}.`);
  const thumbs = scores ? scoreThumbs(scored, rated, ledger) : rankThumbs(ranked, rated, ledger);
  return { kind: 'binary', examples: thumbs };
}
