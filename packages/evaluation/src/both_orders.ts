import { checkCount, InputError } from './input_error';

export type Verdict = 'first' | 'second' | 'tie';

/** Two responses to one prompt, in the order the judge sees them. */
export interface Question {
  readonly prompt: string;
  readonly first: string;
  readonly second: string;
}

/** Says which response is better: a program, a model behind an endpoint, a person. */
export type Judge = (question: Question) => Verdict | Promise<Verdict>;

/** Responses of two sides to the same prompts, and who judges them. */
export interface Contest {
  readonly prompts: readonly string[];
  /** The responses whose win rate is wanted, one per prompt. */
  readonly candidates: readonly string[];
  /** What they are compared with, one per prompt. */
  readonly baselines: readonly string[];
  readonly judge: Judge;
  /** Questions the judge has before it at once; default 1. */
  readonly concurrency?: number;
  /** Told how many prompts are done. */
  readonly onProgress?: (prompts: number) => void;
}

/** What the judge said of one prompt: with the candidate as the first response, and with it as the second. */
export interface Verdicts {
  readonly ahead: Verdict;
  readonly behind: Verdict;
}

/**
 * Asks the judge about every pair in both orders. Verdicts keep the place of their prompt whenever they come. After a
 * failure no further question is asked, and those already asked are awaited.
 *
 * @throws InputError when the lists differ in length
 * @throws Error when the judge fails or says something else than a verdict; the first such prompt's number is in the message
 */
export async function judgeBothOrders(contest: Contest): Promise<Verdicts[]> {
  const { prompts, candidates, baselines, judge, concurrency = 1, onProgress } = contest;
  checkCount('concurrency', concurrency);
  if (candidates.length !== prompts.length || baselines.length !== prompts.length) {
    throw new InputError(
      `${prompts.length} prompts, ${candidates.length} candidates and ${baselines.length} baselines: give one of each.`,
    );
  }
  const verdicts = new Array<Verdicts>(prompts.length);
  const failures: { readonly place: number; readonly error: unknown }[] = [];
  const remaining = prompts.entries();
  let done = 0;
  // Each worker takes the next prompt from the one iterator they share.
  const work = async () => {
    for (const [i, prompt] of remaining) {
      if (failures.length > 0) return;
      const [a, b] = [candidates[i] as string, baselines[i] as string];
      try {
        const ahead = checked(await judge({ prompt, first: a, second: b }));
        const behind = checked(await judge({ prompt, first: b, second: a }));
        verdicts[i] = { ahead, behind };
      } catch (error) {
        failures.push({ place: i, error });
        return;
      }
      onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const [first] = failures.sort((a, b) => a.place - b.place);
  if (first) throw failure(first.place, first.error);
  return verdicts;
}

/** A judge may come from plain JavaScript, or from a model's words. */
function checked(verdict: Verdict): Verdict {
  if (verdict === 'first' || verdict === 'second' || verdict === 'tie') return verdict;
  throw new Error(`it said ${JSON.stringify(verdict)} instead of "first", "second" or "tie"`);
}

/** Names the prompt; an input error stays one. */
function failure(place: number, cause: unknown): Error {
  const message = `The judge failed on prompt ${place}: ${cause instanceof Error ? cause.message : String(cause)}`;
  return cause instanceof Error && cause.name === 'InputError'
    ? new InputError(message, { cause })
    : new Error(message, { cause });
}
