import { auc } from './auc';
import { normalCriticalValue } from './critical_values';
import type { Estimate } from './interval';
import { midranks } from './midranks';
import { wilson } from './wilson';

/**
 * Area under the ROC curve of n positives and m negatives, with DeLong's interval. Each positive has a share of negatives
 * that it beats, ties half, and each negative a share of positives that beat it; the area is the mean of either, and
 *
 *     se^2 = var(shares of the positives) / n + var(shares of the negatives) / m
 *
 * with sample variances. The interval is logit(area) -+ z se / (area (1 - area)), taken back, so it stays inside (0, 1).
 * Where that says nothing, for the variance is 0 (nothing overlaps, or all is tied) or a class has one example, it is
 * Wilson's for the area among min(n, m) pairs, as many as can be made without using an example twice. Without a class the
 * area is not a number, between 0 and 1.
 *
 * @throws InputError for a score that is not a number
 *
 * Source: DeLong, DeLong and Clarke-Pearson, "Comparing the Areas under Two or More Correlated Receiver Operating
 * Characteristic Curves", 1988; by ranks as in Sun and Xu, "Fast Implementation of DeLong's Algorithm", 2014; on the
 * logit scale as in Pepe, "The Statistical Evaluation of Medical Tests", 2003, 5.2.
 */
export function aucInterval(positives: readonly number[], negatives: readonly number[], confidence = 0.95): Estimate {
  const [n, m] = [positives.length, negatives.length];
  const all = midranks([...positives, ...negatives]);
  if (n === 0 || m === 0) return { value: Number.NaN, low: 0, high: 1, n: n + m };
  // Of an example's rank among all, what is not its rank in its own class counts the others below it.
  const beaten = midranks(positives).map((own, i) => ((all[i] as number) - own) / m);
  const beating = midranks(negatives).map((own, j) => 1 - ((all[n + j] as number) - own) / n);
  const area = auc(positives, negatives);
  const variance = sampleVariance(beaten) / n + sampleVariance(beating) / m;
  if (!(variance > 0)) {
    const pairs = Math.min(n, m);
    return { ...wilson(area * pairs, pairs, confidence), value: area, n: n + m };
  }
  const logit = Math.log(area / (1 - area));
  const spread = (normalCriticalValue(confidence) * Math.sqrt(variance)) / (area * (1 - area));
  const [low, high] = [logit - spread, logit + spread].map((bound) => 1 / (1 + Math.exp(-bound))) as [number, number];
  return { value: area, low, high, n: n + m };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Not a number for one value. */
function sampleVariance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
}
