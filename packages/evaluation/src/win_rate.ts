import { type Contest, judgeBothOrders } from './both_orders';
import type { Estimate } from './interval';
import { wilson } from './wilson';

export type Outcome = 'win' | 'tie' | 'loss';

export interface WinRate {
  /** Share of prompts won, a tie counting half, with Wilson's interval. */
  readonly rate: Estimate;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Prompts on which the judge preferred the same place in both orders; they are ties. */
  readonly orderDependent: number;
  /** What became of each prompt, in order. */
  readonly outcomes: readonly Outcome[];
}

/**
 * How often candidates beat baselines, each pair judged in both orders.
 *
 * A verdict scores +1 for the candidate, -1 for the baseline, 0 for a tie; the two orders are added, and the sign of
 * the sum decides. So a judge that always prefers the first place says nothing but ties, and a win in one order with a
 * tie in the other is a win.
 *
 * @throws InputError when the lists differ in length
 * @throws Error when the judge fails or says something else than a verdict; the prompt's number is in the message
 */
export async function winRate(contest: Contest): Promise<WinRate> {
  const verdicts = await judgeBothOrders(contest);
  const outcomes = verdicts.map(({ ahead, behind }) => outcomeOf(points[ahead] - points[behind]));
  const count = (outcome: Outcome) => outcomes.filter((o) => o === outcome).length;
  const [wins, ties, losses] = [count('win'), count('tie'), count('loss')];
  const orderDependent = verdicts.filter(({ ahead, behind }) => ahead !== 'tie' && ahead === behind).length;
  return { rate: wilson(wins + ties / 2, outcomes.length), wins, ties, losses, orderDependent, outcomes };
}

/** Share of the decided prompts that were won, with Wilson's interval: wins / (wins + losses). */
export function winRateWithoutTies({ wins, losses }: Pick<WinRate, 'wins' | 'losses'>): Estimate {
  return wilson(wins, wins + losses);
}

const points = { first: 1, tie: 0, second: -1 } as const;

function outcomeOf(score: number): Outcome {
  return score > 0 ? 'win' : score < 0 ? 'loss' : 'tie';
}
