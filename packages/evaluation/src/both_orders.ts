import type { Prompt } from '@halokit/data';
import { checkCount, InputError } from './input_error';

/** Which response is better. `unparsable` is an answer in which no verdict can be read: no tie, and counted apart. */
export type Verdict = 'first' | 'second' | 'tie' | 'unparsable';

/** Two responses to one prompt, in the order the judge sees them. */
export interface Question {
  readonly prompt: string;
  readonly first: string;
  readonly second: string;
  /** The prompt's turns, where the contest has them. */
  readonly turns?: Prompt;
}

/** A verdict with the judge's own words. */
export interface Judgment {
  readonly verdict: Verdict;
  /** As the judge said it, whatever it is; empty where a judge says nothing but a verdict. */
  readonly said: string;
}

/** Says which response is better: a program, a model behind an endpoint, a person. */
export type Judge = (question: Question) => Verdict | Judgment | Promise<Verdict | Judgment>;

/** Responses of two sides to the same prompts, and who judges them. */
export interface Contest {
  readonly prompts: readonly string[];
  /** The turns of each prompt, for a judge that reads conversations. */
  readonly turns?: readonly Prompt[];
  /** The responses whose win rate is wanted, one per prompt. */
  readonly candidates: readonly string[];
  /** What they are compared with, one per prompt. */
  readonly baselines: readonly string[];
  readonly judge: Judge;
  /** Questions the judge has before it at once; default 1. */
  readonly concurrency?: number;
  /** Told how many prompts are done. */
  readonly onProgress?: (prompts: number) => void;
  /** Ends the asking. What the judge has before it then is awaited. */
  readonly signal?: AbortSignal;
}

/** What the judge said of one prompt: with the candidate as the first response, and with it as the second. */
export interface BothOrders {
  readonly ahead: Judgment;
  readonly behind: Judgment;
}

/** Why judging ended that is not about any one prompt: a budget that is spent, say. Reaches the caller as it is. */
export class JudgingStopped extends Error {
  override readonly name: string = 'JudgingStopped';
}

/**
 * Asks the judge about every pair in both orders. Judgments keep the place of their prompt whenever they come. After a
 * failure no further question is asked, and those already asked are awaited.
 *
 * @throws InputError when the lists differ in length
 * @throws Error when the judge fails or says something else than a verdict; the first such prompt's number is in the message
 * @throws JudgingStopped as the judge threw it, or the signal's reason
 */
export async function judgeBothOrders(contest: Contest): Promise<BothOrders[]> {
  const { prompts, turns, candidates, baselines, judge, concurrency = 1, onProgress, signal } = contest;
  checkCount('concurrency', concurrency);
  requireOneOfEach(contest);
  const judgments = new Array<BothOrders>(prompts.length);
  const failures: { readonly place: number; readonly error: unknown }[] = [];
  const remaining = prompts.entries();
  let done = 0;
  // Each worker takes the next prompt from the one iterator they share.
  const work = async () => {
    for (const [i, prompt] of remaining) {
      if (failures.length > 0 || signal?.aborted) return;
      const [a, b] = [candidates[i] as string, baselines[i] as string];
      const asked = turns ? { prompt, turns: turns[i] as Prompt } : { prompt };
      try {
        const ahead = checked(await judge({ ...asked, first: a, second: b }));
        const behind = checked(await judge({ ...asked, first: b, second: a }));
        judgments[i] = { ahead, behind };
      } catch (error) {
        failures.push({ place: i, error });
        return;
      }
      onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const stopped = failures.find(({ error }) => error instanceof JudgingStopped);
  if (stopped) throw stopped.error;
  if (done < prompts.length) signal?.throwIfAborted();
  const [first] = failures.sort((a, b) => a.place - b.place);
  if (first) throw failure(first.place, first.error);
  return judgments;
}

function requireOneOfEach({ prompts, turns, candidates, baselines }: Contest): void {
  if ([turns ?? prompts, candidates, baselines].every(({ length }) => length === prompts.length)) return;
  const of = turns ? `, the turns of ${turns.length}` : '';
  throw new InputError(
    `${prompts.length} prompts${of}, ${candidates.length} candidates and ${baselines.length} baselines: give one of each.`,
  );
}

const verdicts: ReadonlySet<unknown> = new Set<Verdict>(['first', 'second', 'tie', 'unparsable']);

/** A judge may come from plain JavaScript, or from a model's words. */
function checked(answer: Verdict | Judgment): Judgment {
  const { verdict, said } = typeof answer === 'object' && answer !== null ? answer : { verdict: answer, said: '' };
  if (verdicts.has(verdict) && typeof said === 'string') return { verdict, said };
  throw new Error(`it said ${JSON.stringify(answer)} instead of "first", "second", "tie" or "unparsable"`);
}

/** Names the prompt; an input error stays one. */
function failure(place: number, cause: unknown): Error {
  const message = `The judge failed on prompt ${place}: ${cause instanceof Error ? cause.message : String(cause)}`;
  return cause instanceof Error && cause.name === 'InputError'
    ? new InputError(message, { cause })
    : new Error(message, { cause });
}
