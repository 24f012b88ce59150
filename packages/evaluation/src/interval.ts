/** An estimate with its confidence interval (95 % unless said otherwise) and what it rests on. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Observations behind it. */
  readonly n: number;
}

/** z of a two-sided 95 % interval of the normal distribution. */
const z95 = 1.959963984540054;

/**
 * Wilson's score interval for a share of successes:
 *
 *     (p + z^2/2n -+ z sqrt(p(1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
 *
 * Stays inside [0, 1] and is honest near its ends, where the usual p -+ z s is not. Ties may enter as half successes.
 * Without observations it is [0, 1] around one half.
 *
 * Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
 */
export function wilson(successes: number, n: number, z = z95): Estimate {
  if (n === 0) return { value: 0.5, low: 0, high: 1, n };
  const p = successes / n;
  const centre = p + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return { value: p, low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale), n };
}

/**
 * Mean with its normal interval, mean -+ z s / sqrt(n), s the sample's standard deviation. For means of dozens of
 * observations and more; a single one has an infinite interval.
 */
export function meanInterval(values: ArrayLike<number>, z = z95): Estimate {
  const n = values.length;
  if (n === 0) return { value: Number.NaN, low: -Infinity, high: Infinity, n };
  const list = Array.from(values);
  const value = list.reduce((sum, x) => sum + x, 0) / n;
  if (n === 1) return { value, low: -Infinity, high: Infinity, n };
  const variance = list.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  const spread = z * Math.sqrt(variance / n);
  return { value, low: value - spread, high: value + spread, n };
}
