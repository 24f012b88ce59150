import { tCriticalValue } from './critical_values';
import type { Estimate } from './interval';

/**
 * Mean with Student's interval, s the sample's standard deviation and t the critical value at n - 1 degrees:
 *
 *     mean -+ t s / sqrt(n)
 *
 * Chosen over the percentile bootstrap because that one is too narrow for few observations (it leaves out the
 * factor that t is for), needs a seed, and gains little where sums over many tokens are averaged over many responses.
 * One observation has an infinite interval, none has no mean (NaN); JSON writes all of these as null.
 *
 * @throws RangeError for a confidence outside (0, 1)
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): Estimate {
  const n = values.length;
  const list = Array.from(values);
  const value = list.reduce((sum, x) => sum + x, 0) / n;
  if (n < 2) return { value, low: -Infinity, high: Infinity, n };
  const variance = list.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  const spread = tCriticalValue(confidence, n - 1) * Math.sqrt(variance / n);
  return { value, low: value - spread, high: value + spread, n };
}
