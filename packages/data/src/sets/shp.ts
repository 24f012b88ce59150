import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Preference } from '../feedback';
import { numberField } from '../record/number_field';
import { type Row, type Rows, shown, textField, wrong } from '../row';
import { Sample } from '../sample';
import { textPlace } from '../split/prompt_hash';
import type { Tally } from '../tally';

export interface ShpOptions {
  readonly seed: number;
  /** `test` leaves out the two rules that are for training. */
  readonly split?: 'train' | 'test';
}

const leastRatio = 2;
const mostPairs = 5;

/**
 * The Stanford Human Preferences: rows `{ post_id, history, human_ref_A, human_ref_B, score_A, score_B, labels }`, a post and two replies
 * to it; `labels` is 1 where A is preferred, 0 where B is.
 *
 * Prompt = `history`, one turn of the user. For training only, as its authors advise: pairs whose scores have a ratio
 * max(A / B, B / A) of at least 2, and at most 5 pairs of a post, drawn with the seed. The SFT target of a post is the
 * preferred reply of its first pair.
 *
 * Dropped, and counted: what these two rules leave out, an empty post or reply, a score that is not positive (it has no
 * ratio), and a label that contradicts the scores.
 *
 * Rows of a post stand together in the files, so no more than one post's 5 pairs are in memory. A post that comes back
 * after others gets what is left of its 5: of posts that are done, the ids and counts are kept, and nothing else.
 *
 * Source: Ethayarajh et al., "Understanding Dataset Difficulty with V-Usable Information", and the set's card.
 *
 * @throws InputError for a row without one of the fields, or with a label that is neither 0 nor 1
 */
export async function* shpPreferences(
  rows: Rows,
  tally: Tally,
  { seed, split = 'train' }: ShpOptions,
): AsyncGenerator<Preference> {
  const taken = new Map<string, number>();
  let post: Post | undefined;
  for await (const row of rows) {
    const id = textField(row, 'post_id');
    if (post && post.id !== id) {
      yield* finish(post, taken, tally);
      post = undefined;
    }
    const pair = readPair(row, split);
    if (typeof pair === 'string') tally.drop(pair);
    else if (split === 'test') {
      tally.keep();
      yield asTarget(pair, !taken.has(id));
      taken.set(id, 1);
    } else {
      const random = () => xoroshiro128plus(Math.floor(textPlace(id, `pairs ${seed}`) * 2 ** 32));
      post ??= { id, pairs: new Sample(mostPairs - (taken.get(id) ?? 0), random()) };
      post.pairs.offer(pair);
    }
  }
  if (post) yield* finish(post, taken, tally);
}

/** A post, and those of its pairs that are drawn. */
interface Post {
  readonly id: string;
  readonly pairs: Sample<Preference>;
}

function* finish({ id, pairs }: Post, taken: Map<string, number>, tally: Tally): Generator<Preference> {
  const before = taken.get(id) ?? 0;
  const drawn = pairs.drawn();
  taken.set(id, before + drawn.length);
  for (let i = drawn.length; i < pairs.offered; i++) tally.drop(`more than ${mostPairs} pairs of its post`);
  for (const [i, pair] of drawn.entries()) {
    tally.keep();
    yield asTarget(pair, before + i === 0);
  }
}

function asTarget(pair: Preference, target: boolean): Preference {
  return target ? pair : { ...pair, sftTarget: false };
}

/** The row's pair, or why it is dropped. */
function readPair(row: Row, split: 'train' | 'test'): Preference | string {
  const history = textField(row, 'history').trim();
  const [a, b] = [textField(row, 'human_ref_A').trim(), textField(row, 'human_ref_B').trim()];
  const [scoreA, scoreB] = [numberField(row, 'score_A'), numberField(row, 'score_B')];
  const label = numberField(row, 'labels');
  if (label !== 0 && label !== 1)
    throw wrong(row, `field "labels" must be 1 (A is preferred) or 0, not ${shown(label)}`);
  if (history === '') return 'empty post';
  const [chosen, rejected] = label === 1 ? [a, b] : [b, a];
  if (chosen === '') return 'empty chosen response';
  if (rejected === '') return 'empty rejected response';
  if (scoreA <= 0 || scoreB <= 0) return 'a score that is not positive';
  if (label === 1 ? scoreA < scoreB : scoreB < scoreA) return 'the label contradicts the scores';
  if (split === 'train' && Math.max(scoreA / scoreB, scoreB / scoreA) < leastRatio) {
    return `a score ratio below ${leastRatio}`;
  }
  return {
    prompt: [{ role: 'user', content: history }],
    chosen,
    rejected,
    set: 'shp',
    source: row.file,
    line: row.line,
  };
}
