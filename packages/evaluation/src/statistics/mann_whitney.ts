import { auc } from './auc';
import { normalOutside } from './critical_values';
import { midranks } from './midranks';

/**
 * Whether the area under the ROC curve differs from 1/2: the two-sided p-value of the Mann-Whitney test for n positives
 * and m negatives, N of both, of which t share each score that is shared:
 *
 *     z = max(0, n m |area - 1/2| - 1/2) / sqrt(n m / 12 (N + 1 - sum of (t^3 - t) / (N (N - 1))))
 *
 * The normal approximation with its correction for continuity, which is good from about eight of each class. 1 where a
 * class is missing or all scores are equal.
 *
 * @throws InputError for a score that is not a number
 *
 * Source: Mann and Whitney, "On a Test of Whether One of Two Random Variables Is Stochastically Larger than the Other",
 * 1947; Lehmann, "Nonparametrics", 1975, 1.5.
 */
export function mannWhitney(positives: readonly number[], negatives: readonly number[]): number {
  const [n, m] = [positives.length, negatives.length];
  const total = n + m;
  const shared = new Map<number, number>();
  for (const rank of midranks([...positives, ...negatives])) shared.set(rank, (shared.get(rank) ?? 0) + 1);
  const ties = [...shared.values()].reduce((sum, t) => sum + (t ** 3 - t), 0);
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  const distance = Math.max(0, n * m * Math.abs(auc(positives, negatives) - 0.5) - 0.5);
  return normalOutside(distance / Math.sqrt(variance));
}
