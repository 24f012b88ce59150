import type { Completion } from '@halokit/evaluation';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import type { AnsweredModel } from './answered_model';

/** Two answers to one prompt. */
export interface Pair {
  readonly candidate: Completion;
  readonly baseline: string;
  /** Absent where nobody counted the tokens of the target. */
  readonly baselineTokens?: number;
}

/** A model's answers beside what they are compared with. */
export interface Pairs {
  readonly candidate: AnsweredModel;
  /** Absent for the response that the set prefers. */
  readonly baseline?: AnsweredModel;
  readonly pairs: readonly Pair[];
  /** Prompts without a target. */
  readonly without: number;
}

/** Beside the response that the set prefers, the prompts that have one. @throws InputError where none has */
export function againstTarget(candidate: AnsweredModel, count = Number.POSITIVE_INFINITY): Pairs {
  const asked = candidate.completions.slice(0, count);
  const pairs = asked.flatMap((completion): Pair[] => {
    const { target: baseline, targetTokens: baselineTokens } = completion;
    if (baseline === undefined) return [];
    return [{ candidate: completion, baseline, ...(baselineTokens !== undefined && { baselineTokens }) }];
  });
  if (pairs.length === 0) {
    throw new InputError(
      `${candidate.file}: no prompt has a response that its set prefers. Name a model: --against RUN.`,
    );
  }
  return { candidate, pairs, without: asked.length - pairs.length };
}

/**
 * Beside another model's answers to the same prompts. Where a prompt was answered several times, its first answers meet, its
 * second ones, and so on.
 *
 * @throws InputError where the two answered different prompts
 */
export function againstModel(
  candidate: AnsweredModel,
  baseline: AnsweredModel,
  count = Number.POSITIVE_INFINITY,
): Pairs {
  if (candidate.file === baseline.file) throw new InputError(`${candidate.file}: is compared with itself.`);
  const asked = candidate.completions.slice(0, count);
  const answers = occurrences(baseline.completions);
  const wanted = occurrences(asked);
  requireSame(candidate, wanted, baseline, answers, count);
  const pairs = [...wanted].map(([key, completion]): Pair => {
    const { response, tokens } = answers.get(key) as Completion;
    return { candidate: completion, baseline: response, baselineTokens: tokens };
  });
  return { candidate, baseline, pairs, without: 0 };
}

/** By prompt and how often it came before. */
function occurrences(completions: readonly Completion[]): Map<string, Completion> {
  const times = new Map<string, number>();
  const found = new Map<string, Completion>();
  for (const completion of completions) {
    const time = (times.get(completion.id) ?? 0) + 1;
    times.set(completion.id, time);
    found.set(time === 1 ? completion.id : `${completion.id} (answer ${time})`, completion);
  }
  return found;
}

function requireSame(
  candidate: AnsweredModel,
  wanted: ReadonlyMap<string, Completion>,
  baseline: AnsweredModel,
  answers: ReadonlyMap<string, Completion>,
  count: number,
): void {
  const missing = [...wanted.keys()].filter((key) => !answers.has(key));
  // Of a part that was asked for, the other model may have answered more.
  const more = wanted.size < count ? [...answers.keys()].filter((key) => !wanted.has(key)) : [];
  if (missing.length === 0 && more.length === 0) return;
  const parts = [named(missing, candidate), named(more, baseline)].filter((part) => part !== '');
  throw new InputError(
    `${candidate.file} and ${baseline.file}: answer different prompts: ${parts.join('; ')}. ` +
      'Ask both the same ones, in one command: archangel sample.',
  );
}

function named(keys: readonly string[], { file }: AnsweredModel): string {
  if (keys.length === 0) return '';
  const some = keys.slice(0, 3).join(', ');
  return `${whole(keys.length)} only in ${file} (${some}${keys.length > 3 ? ', ...' : ''})`;
}
