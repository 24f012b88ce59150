import type { Prompt, Tally } from '@halokit/data';
import type { AnsweredPrompt } from './answered_prompts';

/** Two answers to one prompt, of which one may be the better. */
export interface Contest {
  readonly prompt: Prompt;
  readonly candidate: string;
  readonly baseline: string;
}

/**
 * Every answer against what its prompt is compared with.
 *
 * @param baselineOf absent where a prompt has nothing to compare with
 * @param tally counts the answers that are not compared
 */
export function contestsAgainst(
  prompts: readonly AnsweredPrompt[],
  baselineOf: (prompt: AnsweredPrompt) => string | undefined,
  tally: Tally,
): Contest[] {
  return prompts.flatMap((answered) => {
    const baseline = baselineOf(answered);
    return answered.answers.flatMap((candidate) => {
      const why =
        baseline === undefined
          ? 'nothing to compare with'
          : candidate === baseline
            ? 'the same as what it is compared with'
            : undefined;
      if (why !== undefined) tally.drop(why);
      return why === undefined ? [{ prompt: answered.prompt, candidate, baseline: baseline as string }] : [];
    });
  });
}

/** Answers to one prompt against each other: each with the next one, or every two. */
export function contestsAmong(prompts: readonly AnsweredPrompt[], which: 'adjacent' | 'all', tally: Tally): Contest[] {
  return prompts.flatMap(({ prompt, answers }) => {
    if (answers.length === 1) tally.drop('the only answer to its prompt');
    return answers.flatMap((candidate, i) => {
      const others = which === 'all' ? answers.slice(i + 1) : answers.slice(i + 1, i + 2);
      return others.map((baseline) => ({ prompt, candidate, baseline }));
    });
  });
}
