import { type Estimate, wilson } from './interval';

export type Verdict = 'first' | 'second' | 'tie';

/** Two responses to one prompt, in the order the judge sees them. */
export interface Question {
  readonly prompt: string;
  readonly first: string;
  readonly second: string;
}

/** Says which response is better: a program, a model behind an endpoint, a person. */
export type Judge = (question: Question) => Verdict | Promise<Verdict>;

export interface WinRateOptions {
  readonly prompts: readonly string[];
  /** The responses whose win rate is wanted, one per prompt. */
  readonly candidates: readonly string[];
  /** What they are compared with, one per prompt. */
  readonly baselines: readonly string[];
  readonly judge: Judge;
  readonly onProgress?: (prompts: number) => void;
}

export interface WinRate {
  /** Share of prompts won, a tie counting half, with Wilson's interval. */
  readonly rate: Estimate;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Prompts on which the judge preferred the same place in both orders; they are ties. */
  readonly orderDependent: number;
  /** What became of each prompt, in order. */
  readonly outcomes: readonly ('win' | 'tie' | 'loss')[];
}

/**
 * How often candidates beat baselines, each pair judged in both orders.
 *
 * A verdict scores +1 for the candidate, -1 for the baseline, 0 for a tie; the two orders are added, and the sign of
 * the sum decides. So a judge that always prefers the first place says nothing but ties.
 *
 * @throws Error when the lists differ in length, or the judge fails; the prompt's number is in the message
 */
export async function winRate({ prompts, candidates, baselines, judge, onProgress }: WinRateOptions): Promise<WinRate> {
  if (candidates.length !== prompts.length || baselines.length !== prompts.length) {
    throw new Error(
      `${prompts.length} prompts, ${candidates.length} candidates and ${baselines.length} baselines: give one of each.`,
    );
  }
  const outcomes: WinRate['outcomes'][number][] = [];
  let orderDependent = 0;
  for (const [i, prompt] of prompts.entries()) {
    const [a, b] = [candidates[i] as string, baselines[i] as string];
    const [ahead, behind] = await bothOrders(judge, prompt, a, b, i);
    const score = points[ahead] - points[behind];
    if (ahead !== 'tie' && ahead === behind) orderDependent += 1;
    outcomes.push(score > 0 ? 'win' : score < 0 ? 'loss' : 'tie');
    onProgress?.(i + 1);
  }
  const count = (outcome: string) => outcomes.filter((o) => o === outcome).length;
  const [wins, ties, losses] = [count('win'), count('tie'), count('loss')];
  return { rate: wilson(wins + ties / 2, prompts.length), wins, ties, losses, orderDependent, outcomes };
}

const points = { first: 1, tie: 0, second: -1 } as const;

async function bothOrders(judge: Judge, prompt: string, a: string, b: string, i: number): Promise<[Verdict, Verdict]> {
  try {
    return [await judge({ prompt, first: a, second: b }), await judge({ prompt, first: b, second: a })];
  } catch (error) {
    throw new Error(`The judge failed on prompt ${i}: ${(error as Error).message}`, { cause: error });
  }
}
