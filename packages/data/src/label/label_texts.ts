import { InputError } from '../input_error';
import { checkThumbRule, type ThumbRule, thresholdOf, thumbFor } from '../rated/threshold';
import type { Tally } from '../tally';
import type { ScoreOptions } from './score_options';
import { scoreTexts } from './score_texts';
import type { Scorer } from './scorer';

export interface LabelOptions<T> extends ThumbRule, ScoreOptions {
  /** The text that is scored; the response, unless stated. */
  readonly textOf?: (example: T) => string;
}

export interface Labelled<T> {
  /** In their order. */
  readonly examples: readonly (T & { readonly desirable: boolean })[];
  /** Of each of these examples. */
  readonly scores: readonly number[];
  /** The number that parts desirable from undesirable. */
  readonly threshold: number;
}

/**
 * Binary feedback on demonstrations, or any texts, from a black box that scores texts, toxicity say: desirable is what
 * scores above (`desirable: 'high'`) or below ('low') a number, or the mean or median score of the examples.
 *
 *     labelTexts(demonstrations, httpScorer('https://host/toxicity'), { desirable: 'low', threshold: 'median' }, tally)
 *
 * Requests run `concurrency` at a time, and are made again when they fail; see `ScoreOptions`. Dropped, and counted:
 * examples whose score is exactly the threshold, with `atThreshold: 'drop'`, and those without a score, with
 * `onFailure: 'drop'`.
 *
 * @throws InputError for options of the wrong type, ScoringError for a text that gets no score, the signal's reason
 */
export async function labelTexts<T extends { readonly response: string }>(
  examples: readonly T[],
  scorer: Scorer,
  options: LabelOptions<T>,
  tally: Tally,
): Promise<Labelled<T>> {
  checkThumbRule(options);
  const { textOf = ({ response }: T) => response } = options;
  const texts = examples.map(textOf);
  const known = await scoreTexts(texts, scorer, options);
  const values = texts.flatMap((text) => known.get(text) ?? []);
  if (values.length === 0) throw new InputError(`${scorer.name}: scored none of ${examples.length} examples.`);
  const threshold = thresholdOf(values, options.threshold);
  const labelled: (T & { readonly desirable: boolean })[] = [];
  const scores: number[] = [];
  examples.forEach((example, i) => {
    const score = known.get(texts[i] as string);
    const desirable = score === undefined ? undefined : thumbFor(score, threshold, options);
    if (score === undefined) tally.drop('the scorer gave no score');
    else if (desirable === undefined) tally.drop('at the threshold');
    else {
      tally.keep();
      labelled.push({ ...example, desirable });
      scores.push(score);
    }
  });
  return { examples: labelled, scores, threshold };
}
