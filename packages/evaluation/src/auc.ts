import { InputError } from './input_error';

/**
 * Area under the ROC curve: the share of (positive, negative) pairs whose positive scores higher, ties half. By ranks,
 * equal scores sharing theirs:
 *
 *     (rank sum of the positives - n(n + 1)/2) / (n m)
 *
 * Not a number when either side is empty.
 *
 * @throws InputError for a score that is not a number
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ];
  if (all.some(({ score }) => Number.isNaN(score)))
    throw new InputError('A score is NaN and has no rank: leave it out.');
  all.sort((a, b) => a.score - b.score || 0);
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
