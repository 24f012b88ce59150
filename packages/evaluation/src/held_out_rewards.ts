import type { TokenizedPreference } from '@halokit/data';
import type { CausalLM } from '@halokit/models';
import { type Logps, logRatios, type ReferenceOf } from './log_ratios';
import type { Estimate } from './statistics/interval';
import { meanInterval } from './statistics/mean_interval';
import { signTest } from './statistics/sign_test';
import { wilson } from './statistics/wilson';

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
  /** Of an accuracy of 1/2: the exact sign test's. */
  readonly pValue: number;
  /** Mean of reward(chosen) - reward(rejected). */
  readonly margin: Estimate;
  /** Share of pairs that the rule "the shorter response wins" gets right, a tie counting half: what to beat. */
  readonly shorterWins: Estimate;
  /** Pairs whose responses have as many tokens. */
  readonly shorterTies: number;
  /** By how much the reward is right more often than that rule, on the same pairs; its p-value is the exact sign test's. */
  readonly overShorter: Estimate & { readonly pValue: number };
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

/**
 * The figures from log-ratios already computed, one for each side of a pair; of any part of the pairs. With a reward head's
 * scores in their place, and a beta of 1, the figures of those.
 */
export function summarise(
  preferences: readonly Sides<{ readonly length: number }>[],
  logRatios: readonly Sides<number>[],
  beta: number,
): HeldOutRewards {
  const n = preferences.length;
  const rewards = logRatios.map(({ chosen, rejected }) => ({ chosen: beta * chosen, rejected: beta * rejected }));
  const byReward = points(rewards);
  const byLength = points(
    preferences.map((pair) => ({ chosen: -pair.chosen.length, rejected: -pair.rejected.length })),
  );
  const over = byReward.map((point, i) => point - (byLength[i] as number));
  return {
    accuracy: wilson(sumOf(byReward), n),
    ties: countOf(byReward, 0.5),
    pValue: signs(byReward.map((point) => point - 0.5)),
    margin: meanInterval(rewards.map(({ chosen, rejected }) => chosen - rejected)),
    shorterWins: wilson(sumOf(byLength), n),
    shorterTies: countOf(byLength, 0.5),
    overShorter: { ...meanInterval(over), pValue: signs(over) },
    meanChosenReward: meanInterval(rewards.map(({ chosen }) => chosen)).value,
    meanRejectedReward: meanInterval(rewards.map(({ rejected }) => rejected)).value,
    logRatio: meanInterval(logRatios.map(({ chosen, rejected }) => (chosen + rejected) / 2)),
  };
}

/** 1 for a pair whose chosen side scores higher, 0 for one whose rejected side does, 1/2 for a tie. */
function points(scores: readonly Sides<number>[]): number[] {
  return scores.map(({ chosen, rejected }) => (chosen > rejected ? 1 : chosen === rejected ? 0.5 : 0));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0);
}

function countOf(values: readonly number[], wanted: number): number {
  return values.filter((x) => x === wanted).length;
}

/** The sign test of differences. */
function signs(differences: readonly number[]): number {
  const count = (sign: number) => countOf(differences.map(Math.sign), sign);
  return signTest({ wins: count(1), losses: count(-1) });
}
