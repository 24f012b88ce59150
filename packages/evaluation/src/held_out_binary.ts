import type { TokenizedBinary } from '@halokit/data';
import type { CausalLM } from '@halokit/models';
import { type Logps, logRatios, type ReferenceOf } from './log_ratios';
import { aucInterval } from './statistics/auc_interval';
import type { Estimate } from './statistics/interval';
import { mannWhitney } from './statistics/mann_whitney';
import { meanInterval } from './statistics/mean_interval';

export interface HeldOutBinaryRewards {
  /** Area under the ROC curve: share of (desirable, undesirable) pairs with the desirable reward higher, ties half. */
  readonly auc: Estimate;
  /** Of an area of 1/2: the Mann-Whitney test's. */
  readonly pValue: number;
  /** Mean reward of each class. */
  readonly desirable: Estimate;
  readonly undesirable: Estimate;
  /** Mean log-ratio of the responses, in nats: see `HeldOutRewards.logRatio`. */
  readonly logRatio: Estimate;
}

/** What `binaryLogRatios` measures; `referenceLogps` holds one row of log-probabilities per example. */
export type BinaryLogRatioOptions = ReferenceOf<readonly Logps[]> & {
  readonly policy: CausalLM;
  readonly examples: readonly TokenizedBinary[];
  readonly rowsAtOnce?: number;
  /** Told how many of the examples are done. */
  readonly onProgress?: (examples: number) => void;
};

export type HeldOutBinaryOptions = BinaryLogRatioOptions & {
  /** Scale of the rewards. */
  readonly beta: number;
};

/**
 * How well the policy's implied reward tells desirable from undesirable responses it was not trained on, where there
 * are no pairs. The AUC is not a number when a class is missing.
 *
 * @throws InputError for a response no model can read, or a model whose answer is not finite
 */
export async function heldOutBinaryRewards(options: HeldOutBinaryOptions): Promise<HeldOutBinaryRewards> {
  return summariseBinary(options.examples, await binaryLogRatios(options), options.beta);
}

/** log pi(y | x) - log pi_ref(y | x) of every example, in nats: what all the figures are made from. */
export function binaryLogRatios(options: BinaryLogRatioOptions): Promise<number[]> {
  return logRatios({ ...options, rows: options.examples, nameOf: (row) => `example ${row}` });
}

/**
 * The figures from log-ratios already computed, one an example; of any part of the examples. With a reward head's scores in
 * their place, and a beta of 1, the figures of those.
 */
export function summariseBinary(
  examples: readonly Pick<TokenizedBinary, 'desirable'>[],
  logRatios: readonly number[],
  beta: number,
): HeldOutBinaryRewards {
  const rewardsOf = (thumb: boolean) =>
    logRatios.filter((_, i) => examples[i]?.desirable === thumb).map((ratio) => beta * ratio);
  const [up, down] = [rewardsOf(true), rewardsOf(false)];
  return {
    auc: aucInterval(up, down),
    pValue: mannWhitney(up, down),
    desirable: meanInterval(up),
    undesirable: meanInterval(down),
    logRatio: meanInterval(logRatios),
  };
}
