import {
  type Binary,
  type Preference,
  type Prompt,
  type Scored,
  scoresToBinary,
  scoresToPreferences,
  type Tally,
} from '@halokit/data';
import type { Outcome } from '@halokit/evaluation';
import type { LabelConfig } from '../config/label_config';
import type { AnsweredPrompt } from './answered_prompts';
import type { Contest } from './contests';

/** A line of feedback, as `archangel train` reads it. */
export type LabelledLine = Pick<Preference, 'prompt' | 'chosen' | 'rejected' | 'margin'> | ThumbLine;
type ThumbLine = Pick<Binary, 'prompt' | 'response' | 'desirable'> & { readonly score?: number };

/**
 * Scored answers as pairs of a prompt's answers, or as thumbs by a threshold. Counted by prompt.
 *
 * @param scoreOf of an answer to a prompt
 */
export function labelledByScores(
  prompts: readonly AnsweredPrompt[],
  scoreOf: (prompt: Prompt, answer: string) => number,
  { as, pairs, margin, threshold, desirable, atThreshold }: LabelConfig,
  tally: Tally,
): LabelledLine[] {
  const records = prompts
    .filter(({ answers }) => answers.length > 0)
    .map(({ prompt, answers: responses }, i): Scored => {
      const scores = responses.map((answer) => scoreOf(prompt, answer));
      return { prompt, responses, scores, source: 'the answers', line: i + 1 };
    });
  if (as === 'pairs') {
    const low = desirable === 'low';
    const rated = low
      ? records.map((record) => ({ ...record, scores: record.scores.map((score) => -score) }))
      : records;
    return scoresToPreferences(rated, { pairs, ...(margin !== undefined && { margin }) }, tally).map(pairLine);
  }
  const thumbs = scoresToBinary(records, { threshold, desirable, atThreshold }, tally);
  return thumbs.map(({ prompt, response, desirable }) => {
    return { prompt, response, desirable, score: scoreOf(prompt, response) };
  });
}

/**
 * Compared answers as pairs of the better and the worse, or the candidates with a thumb up where they won and down where they
 * lost. Ties and what got no verdict are dropped. Counted by comparison.
 */
export function labelledByOutcomes(
  contests: readonly Contest[],
  outcomes: readonly Outcome[],
  as: LabelConfig['as'],
  tally: Tally,
): LabelledLine[] {
  return contests.flatMap(({ prompt, candidate, baseline }, i): LabelledLine[] => {
    const outcome = outcomes[i] as Outcome;
    if (outcome === 'tie' || outcome === 'unparsable') {
      tally.drop(outcome === 'tie' ? 'a tie' : 'no verdict that can be read');
      return [];
    }
    tally.keep();
    const won = outcome === 'win';
    if (as === 'thumbs') return [{ prompt, response: candidate, desirable: won }];
    return [{ prompt, chosen: won ? candidate : baseline, rejected: won ? baseline : candidate }];
  });
}

const pairLine = ({ prompt, chosen, rejected, margin }: Preference) => ({
  ...{ prompt, chosen, rejected },
  ...(margin !== undefined && { margin }),
});
