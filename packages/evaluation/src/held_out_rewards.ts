import type { TokenizedPreference } from '@halokit/data';
import type { CausalLM } from '@halokit/models';
import type { Estimate } from './interval';
import { type Logps, logRatios, type ReferenceOf } from './log_ratios';
import { meanInterval } from './mean_interval';
import { wilson } from './wilson';

/** A number, or a row of them, for each side of a pair. */
export interface Sides<T> {
  readonly chosen: T;
  readonly rejected: T;
}

export interface HeldOutRewards {
  /** Share of pairs whose chosen response has the higher reward, a tie counting half. */
  readonly accuracy: Estimate;
  /** Pairs whose responses have the same reward. */
  readonly ties: number;
  /** Mean of reward(chosen) - reward(rejected). */
  readonly margin: Estimate;
  /** Share of pairs that the rule "the shorter response wins" gets right, a tie counting half: what to beat. */
  readonly shorterWins: Estimate;
  /** Pairs whose responses have as many tokens. */
  readonly shorterTies: number;
  readonly meanChosenReward: number;
  readonly meanRejectedReward: number;
  /**
   * Mean log-ratio of the responses, both sides, in nats per response: the reward without beta. It says which way the
   * policy moved on these responses, and is below 0 where it moved away from them. Not KL(policy || reference), whose
   * responses are the policy's own: see `sampledKl`. Where the reference could have written the responses, its
   * negative estimates KL(reference || policy). A pair counts as one observation, for its sides share a prompt.
   */
  readonly logRatio: Estimate;
}

/** What `pairLogRatios` measures; `referenceLogps` holds one row of log-probabilities per side of each pair. */
export type PairOptions = ReferenceOf<readonly Sides<Logps>[]> & {
  readonly policy: CausalLM;
  readonly preferences: readonly TokenizedPreference[];
  readonly rowsAtOnce?: number;
  /** Told how many of the pairs are done. */
  readonly onProgress?: (pairs: number) => void;
};

export type HeldOutOptions = PairOptions & {
  /** Scale of the rewards. */
  readonly beta: number;
};

/**
 * How well the policy's implied reward tells chosen from rejected on pairs it was not trained on:
 *
 *     reward(y) = beta (log pi(y | x) - log pi_ref(y | x))
 *
 * @throws InputError for a response no model can read, or a model whose answer is not finite
 */
export async function heldOutRewards(options: HeldOutOptions): Promise<HeldOutRewards> {
  return summarise(options.preferences, await pairLogRatios(options), options.beta);
}

/** log pi(y | x) - log pi_ref(y | x) of both sides of every pair, in nats: what all the figures are made from. */
export async function pairLogRatios(options: PairOptions): Promise<Sides<number>[]> {
  const { policy, reference, referenceLogps, preferences, rowsAtOnce, onProgress } = options;
  const ratios = await logRatios({
    policy,
    ...(reference ? { reference } : { referenceLogps: referenceLogps.flatMap(bothSides) }),
    rows: preferences.flatMap(({ prompt, ...sides }) => bothSides(sides).map((response) => ({ prompt, response }))),
    rowsAtOnce,
    nameOf: (row) => `pair ${Math.floor(row / 2)} (${row % 2 === 0 ? 'chosen' : 'rejected'})`,
    onProgress: (rows) => onProgress?.(rows / 2),
  });
  return preferences.map((_, i) => ({ chosen: ratios[2 * i] as number, rejected: ratios[2 * i + 1] as number }));
}

function bothSides<T>({ chosen, rejected }: Sides<T>): T[] {
  return [chosen, rejected];
}

/** The figures from log-ratios already computed, one for each side of a pair; of any part of the pairs. */
export function summarise(
  preferences: readonly Sides<{ readonly length: number }>[],
  logRatios: readonly Sides<number>[],
  beta: number,
): HeldOutRewards {
  const n = preferences.length;
  const rewards = logRatios.map(({ chosen, rejected }) => ({ chosen: beta * chosen, rejected: beta * rejected }));
  const byReward = compare(rewards);
  const byLength = compare(
    preferences.map((pair) => ({ chosen: -pair.chosen.length, rejected: -pair.rejected.length })),
  );
  return {
    accuracy: wilson(byReward.wins + byReward.ties / 2, n),
    ties: byReward.ties,
    margin: meanInterval(rewards.map(({ chosen, rejected }) => chosen - rejected)),
    shorterWins: wilson(byLength.wins + byLength.ties / 2, n),
    shorterTies: byLength.ties,
    meanChosenReward: meanInterval(rewards.map(({ chosen }) => chosen)).value,
    meanRejectedReward: meanInterval(rewards.map(({ rejected }) => rejected)).value,
    logRatio: meanInterval(logRatios.map(({ chosen, rejected }) => (chosen + rejected) / 2)),
  };
}

/** Pairs whose chosen side scores higher, and pairs whose sides score the same. */
function compare(scores: readonly Sides<number>[]): { wins: number; ties: number } {
  return {
    wins: scores.filter(({ chosen, rejected }) => chosen > rejected).length,
    ties: scores.filter(({ chosen, rejected }) => chosen === rejected).length,
  };
}
