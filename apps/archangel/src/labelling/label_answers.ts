import { type Counts, type Prompt, scoreTexts, Tally } from '@halokit/data';
import type { FileLabelCache } from '@halokit/data/node';
import type { Outcome } from '@halokit/evaluation';
import type { LabelConfig } from '../config/label_config';
import { InputError } from '../input_error';
import { judgePairs } from '../judges/judge_pairs';
import { progress } from '../terminal/progress';
import { type AnsweredPrompt, firstAnswers } from './answered_prompts';
import { type Contest, contestsAgainst, contestsAmong } from './contests';
import { type Labeller, scoredText } from './find_labeller';
import { keptVerdicts } from './kept_verdicts';
import { type LabelledLine, labelledByOutcomes, labelledByScores } from './labelled';

export interface LabelAnswersOptions {
  readonly config: LabelConfig;
  /** Keeps scores and verdicts as they come. */
  readonly cache: FileLabelCache;
  readonly signal: AbortSignal;
}

/** Feedback, and what became of what it was made of. */
export interface LabelledAnswers {
  readonly lines: readonly LabelledLine[];
  /** Prompts where their answers are scored, and comparisons where two are. */
  readonly counted: 'prompts' | 'comparisons';
  readonly counts: Counts;
}

/**
 * Labels answers as was asked for.
 *
 * @throws InputError for thumbs by a judge that has nothing to compare with; what the labeller throws; the signal's reason
 */
export async function labelAnswers(
  prompts: readonly AnsweredPrompt[],
  labeller: Labeller,
  options: LabelAnswersOptions,
): Promise<LabelledAnswers> {
  const { as, against, pairs } = options.config;
  const tally = new Tally();
  if (against === undefined && labeller.kind === 'scores') {
    const texts = prompts.flatMap(({ prompt, answers }) => answers.map((answer) => scoredText(prompt, answer)));
    const scores = await scored(texts, labeller, options);
    const scoreOf = (prompt: Prompt, answer: string) => scores.get(scoredText(prompt, answer)) as number;
    const lines = labelledByScores(prompts, scoreOf, options.config, tally);
    return { lines, counted: 'prompts', counts: tally.counts() };
  }
  if (against === undefined && as === 'thumbs') {
    throw new InputError(
      `${labeller.name}: compares answers, and a thumb needs something to compare with: --against target, or a file of answers.`,
    );
  }
  const contests =
    against === undefined
      ? contestsAmong(prompts, pairs, tally)
      : contestsAgainst(prompts, await baselines(against), tally);
  const outcomes = await outcomesOf(contests, labeller, options);
  return { lines: labelledByOutcomes(contests, outcomes, as, tally), counted: 'comparisons', counts: tally.counts() };
}

async function baselines(against: string): Promise<(prompt: AnsweredPrompt) => string | undefined> {
  if (against === 'target') return ({ target }) => target;
  const answers = await firstAnswers(against);
  return ({ id }) => answers.get(id);
}

async function outcomesOf(
  contests: readonly Contest[],
  labeller: Labeller,
  options: LabelAnswersOptions,
): Promise<readonly Outcome[]> {
  if (labeller.kind === 'judge') return judged(contests, labeller, options);
  const { desirable, margin = 0 } = options.config;
  const sides = contests.map(({ prompt, candidate, baseline }) =>
    [candidate, baseline].map((a) => scoredText(prompt, a)),
  );
  const scores = await scored(sides.flat(), labeller, options);
  return sides.map((texts) => {
    const [candidate, baseline] = texts.map((text) => scores.get(text) as number) as [number, number];
    const better = desirable === 'high' ? candidate - baseline : baseline - candidate;
    if (better === 0 || Math.abs(better) < margin) return 'tie';
    return better > 0 ? 'win' : 'loss';
  });
}

/** Each contest in both orders. */
async function judged(
  contests: readonly Contest[],
  { found, version }: Labeller & { readonly kind: 'judge' },
  { config, cache, signal }: LabelAnswersOptions,
): Promise<readonly Outcome[]> {
  const judge = version === undefined ? found.judge : keptVerdicts(found.judge, version, cache);
  const pairs = contests.map(({ prompt, candidate: response, baseline }) => ({
    candidate: { prompt, response },
    baseline,
  }));
  const asking = { label: 'comparing', concurrency: config.concurrency, signal };
  return (await judgePairs({ pairs }, { ...found, judge }, asking)).outcomes;
}

/** The score of each text; what is in the cache is not asked for again. */
async function scored(
  texts: readonly string[],
  { scorer }: Labeller & { readonly kind: 'scores' },
  { cache, signal }: LabelAnswersOptions,
): Promise<ReadonlyMap<string, number>> {
  const bar = progress('scoring', new Set(texts).size);
  try {
    const scores = await scoreTexts(texts, scorer, {
      // One batch after the other, for one model computes them all; what fails once fails again.
      ...{ concurrency: 1, retries: 0, timeout: Number.POSITIVE_INFINITY, cache, signal },
      onProgress: ({ done }) => bar.update(done),
    });
    bar.end();
    return scores;
  } catch (error) {
    bar.stop();
    throw error;
  }
}
