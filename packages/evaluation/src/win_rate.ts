import { type BothOrders, type Contest, judgeBothOrders, type Verdict } from './both_orders';
import type { Estimate } from './statistics/interval';
import { wilson } from './statistics/wilson';

/** What became of a prompt, for the candidate. `unparsable` where either order got no verdict: neither won nor lost. */
export type Outcome = 'win' | 'tie' | 'loss' | 'unparsable';

export interface WinRate {
  /** Share of the judged prompts won, a tie counting half, with Wilson's interval. Unparsable ones are not among them. */
  readonly rate: Estimate;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Prompts on which the judge gave no verdict in one order or both; they are in no rate. */
  readonly unparsable: number;
  /** Prompts on which the judge preferred the same place in both orders; they are ties. */
  readonly orderDependent: number;
  /** What became of each prompt, in order. */
  readonly outcomes: readonly Outcome[];
  /** What the judge said of each prompt, in order. */
  readonly judgments: readonly BothOrders[];
}

/**
 * How often candidates beat baselines, each pair judged in both orders.
 *
 * A verdict scores +1 for the candidate, -1 for the baseline, 0 for a tie; the two orders are added, and the sign of
 * the sum decides. So a judge that always prefers the first place says nothing but ties, and a win in one order with a
 * tie in the other is a win. Without a verdict in both orders there is no outcome: the prompt is unparsable, counted
 * and left out of the rate.
 *
 *     rate = (wins + ties/2) / (wins + ties + losses)
 *
 * @throws InputError when the lists differ in length
 * @throws Error when the judge fails or says something else than a verdict; the prompt's number is in the message
 * @throws JudgingStopped as the judge threw it, or the signal's reason
 */
export async function winRate(contest: Contest): Promise<WinRate> {
  const judgments = await judgeBothOrders(contest);
  const outcomes = judgments.map(outcomeOf);
  const count = (outcome: Outcome) => outcomes.filter((o) => o === outcome).length;
  const [wins, ties, losses, unparsable] = [count('win'), count('tie'), count('loss'), count('unparsable')];
  const orderDependent = judgments.filter(preferredAPlace).length;
  const rate = wilson(wins + ties / 2, wins + ties + losses);
  return { rate, wins, ties, losses, unparsable, orderDependent, outcomes, judgments };
}

/** Share of the decided prompts that were won, with Wilson's interval: wins / (wins + losses). */
export function winRateWithoutTies({ wins, losses }: Pick<WinRate, 'wins' | 'losses'>): Estimate {
  return wilson(wins, wins + losses);
}

const points: Readonly<Record<Verdict, number>> = { first: 1, tie: 0, second: -1, unparsable: Number.NaN };

function outcomeOf({ ahead, behind }: BothOrders): Outcome {
  const score = points[ahead.verdict] - points[behind.verdict];
  if (Number.isNaN(score)) return 'unparsable';
  return score > 0 ? 'win' : score < 0 ? 'loss' : 'tie';
}

function preferredAPlace({ ahead, behind }: BothOrders): boolean {
  return ahead.verdict === behind.verdict && (ahead.verdict === 'first' || ahead.verdict === 'second');
}
