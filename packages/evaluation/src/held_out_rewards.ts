import type { TokenizedPreference } from '@halokit/data';
import { type CausalLM, logpRows } from '@halokit/models';
import { type Estimate, meanInterval, wilson } from './interval';

export interface HeldOutRewards {
  /** Share of pairs whose chosen response has the higher reward, a tie counting half. */
  readonly accuracy: Estimate;
  /** Mean of reward(chosen) - reward(rejected). */
  readonly margin: Estimate;
  /** Share of pairs that the rule "the shorter response wins" gets right, a tie counting half: what to beat. */
  readonly shorterWins: Estimate;
  readonly meanChosenReward: number;
  readonly meanRejectedReward: number;
}

export interface HeldOutOptions {
  readonly policy: CausalLM;
  readonly reference: CausalLM;
  readonly preferences: readonly TokenizedPreference[];
  /** Scale of the rewards. */
  readonly beta: number;
  readonly rowsAtOnce?: number;
  /** Told how many of the pairs are done. */
  readonly onProgress?: (pairs: number) => void;
}

/** Pairs between two progress reports. */
const chunkSize = 16;

/**
 * How well the policy's implied reward tells chosen from rejected on pairs it was not trained on:
 *
 *     reward(y) = beta (log pi(y | x) - log pi_ref(y | x))
 */
export async function heldOutRewards(options: HeldOutOptions): Promise<HeldOutRewards> {
  const { policy, reference, preferences, beta, rowsAtOnce, onProgress } = options;
  const rewards: { chosen: number; rejected: number }[] = [];
  for (let start = 0; start < preferences.length; start += chunkSize) {
    const chunk = preferences.slice(start, start + chunkSize);
    const rows = chunk.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, response: chosen },
      { prompt, response: rejected },
    ]);
    const [p, r] = [await logpRows(policy, rows, { rowsAtOnce }), await logpRows(reference, rows, { rowsAtOnce })];
    const reward = (i: number) => beta * (sum(p[i] as Float32Array) - sum(r[i] as Float32Array));
    chunk.forEach((_, i) => {
      rewards.push({ chosen: reward(2 * i), rejected: reward(2 * i + 1) });
    });
    onProgress?.(rewards.length);
  }
  return summarise(preferences, rewards);
}

/** The figures from rewards already computed, one per pair. */
export function summarise(
  preferences: readonly Pick<TokenizedPreference, 'chosen' | 'rejected'>[],
  rewards: readonly { readonly chosen: number; readonly rejected: number }[],
): HeldOutRewards {
  const n = rewards.length;
  const successes = (scores: number[]) => scores.reduce((total, score) => total + score, 0);
  return {
    accuracy: wilson(successes(rewards.map(({ chosen, rejected }) => beats(chosen, rejected))), n),
    margin: meanInterval(rewards.map(({ chosen, rejected }) => chosen - rejected)),
    shorterWins: wilson(successes(preferences.map(({ chosen, rejected }) => beats(rejected.length, chosen.length))), n),
    meanChosenReward: meanInterval(rewards.map(({ chosen }) => chosen)).value,
    meanRejectedReward: meanInterval(rewards.map(({ rejected }) => rejected)).value,
  };
}

function beats(a: number, b: number): number {
  return a > b ? 1 : a === b ? 0.5 : 0;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
