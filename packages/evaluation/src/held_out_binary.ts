import type { TokenizedBinary } from '@halokit/data';
import type { CausalLM } from '@halokit/models';
import { auc } from './auc';
import type { Estimate } from './interval';
import { type Logps, logRatios, type ReferenceOf } from './log_ratios';
import { meanInterval } from './mean_interval';

export interface HeldOutBinaryRewards {
  /** Area under the ROC curve: share of (desirable, undesirable) pairs with the desirable reward higher, ties half. */
  readonly auc: number;
  readonly desirable: Estimate;
  readonly undesirable: Estimate;
}

/** `referenceLogps` holds one row of log-probabilities per example. */
export type HeldOutBinaryOptions = ReferenceOf<readonly Logps[]> & {
  readonly policy: CausalLM;
  readonly examples: readonly TokenizedBinary[];
  /** Scale of the rewards. */
  readonly beta: number;
  readonly rowsAtOnce?: number;
  /** Told how many of the examples are done. */
  readonly onProgress?: (examples: number) => void;
};

/**
 * How well the policy's implied reward tells desirable from undesirable responses it was not trained on, where there
 * are no pairs. The AUC is not a number when a class is missing.
 *
 * @throws InputError for a response no model can read, or a model whose answer is not finite
 */
export async function heldOutBinaryRewards(options: HeldOutBinaryOptions): Promise<HeldOutBinaryRewards> {
  const { examples, beta } = options;
  const ratios = await logRatios({ ...options, rows: examples, nameOf: (row) => `example ${row}` });
  const rewardsOf = (thumb: boolean) =>
    ratios.filter((_, i) => examples[i]?.desirable === thumb).map((ratio) => beta * ratio);
  const [up, down] = [rewardsOf(true), rewardsOf(false)];
  return { auc: auc(up, down), desirable: meanInterval(up), undesirable: meanInterval(down) };
}
