import { midranks } from './midranks';

/**
 * Area under the ROC curve: the share of (positive, negative) pairs whose positive scores higher, ties half. By ranks,
 * equal scores sharing theirs:
 *
 *     (rank sum of the positives - n(n + 1)/2) / (n m)
 *
 * Not a number when either side is empty. With its interval: `aucInterval`.
 *
 * @throws InputError for a score that is not a number
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const n = positives.length;
  const rankSum = midranks([...positives, ...negatives])
    .slice(0, n)
    .reduce((sum, rank) => sum + rank, 0);
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length);
}
