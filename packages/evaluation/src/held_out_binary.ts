import type { TokenizedBinary } from '@halokit/data';
import { type CausalLM, logpRows } from '@halokit/models';
import { type Estimate, meanInterval } from './interval';

export interface HeldOutBinaryRewards {
  /** Area under the ROC curve: share of (desirable, undesirable) pairs with the desirable reward higher, ties half. */
  readonly auc: number;
  readonly desirable: Estimate;
  readonly undesirable: Estimate;
}

export interface HeldOutBinaryOptions {
  readonly policy: CausalLM;
  readonly reference: CausalLM;
  readonly examples: readonly TokenizedBinary[];
  /** Scale of the rewards. */
  readonly beta: number;
  readonly rowsAtOnce?: number;
}

/**
 * How well the policy's implied reward tells desirable from undesirable responses it was not trained on, where there
 * are no pairs. The AUC is not a number when a class is missing.
 */
export async function heldOutBinaryRewards(options: HeldOutBinaryOptions): Promise<HeldOutBinaryRewards> {
  const { policy, reference, examples, beta, rowsAtOnce } = options;
  const [p, r] = [
    await logpRows(policy, examples, { rowsAtOnce }),
    await logpRows(reference, examples, { rowsAtOnce }),
  ];
  const rewards = p.map(
    (row, i) => beta * row.reduce((sum, logp, t) => sum + logp - ((r[i] as Float32Array)[t] as number), 0),
  );
  const [up, down] = [true, false].map((thumb) => rewards.filter((_, i) => examples[i]?.desirable === thumb));
  return {
    auc: auc(up as number[], down as number[]),
    desirable: meanInterval(up as number[]),
    undesirable: meanInterval(down as number[]),
  };
}

/** Area under the ROC curve by ranks: (rank sum of the positives - n(n + 1)/2) / (n m), equal scores sharing their ranks. */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ];
  all.sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.score === all[start]?.score) end++;
    const rank = (start + 1 + end) / 2;
    rankSum += rank * all.slice(start, end).filter((item) => item.positive).length;
    start = end;
  }
  const n = positives.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length);
}
