import type { Estimate } from './interval';
import { wilson } from './wilson';

/** Successes of so many observations. */
export interface Share {
  readonly successes: number;
  readonly n: number;
}

/**
 * Newcombe's interval for the difference of two independent shares, p1 - p2, from Wilson's intervals [l, u] of either:
 *
 *     low  = p1 - p2 - sqrt((p1 - l1)^2 + (u2 - p2)^2)
 *     high = p1 - p2 + sqrt((u1 - p1)^2 + (p2 - l2)^2)
 *
 * Stays inside [-1, 1] and is honest for shares near 0 and 1. Ties may enter as half successes, as in `wilson`. `n` is the
 * number of observations of both. For the same prompts under two models, whose outcomes go together, `pairedBootstrap` is
 * narrower.
 *
 * @throws RangeError for more successes than observations, or a confidence outside (0, 1)
 *
 * Source: Newcombe, "Interval Estimation for the Difference Between Independent Proportions", 1998, method 10.
 * @example
 * newcombe({ successes: 56, n: 70 }, { successes: 48, n: 80 }); // 0.2 [0.0524, 0.3339]
 */
export function newcombe(first: Share, second: Share, confidence = 0.95): Estimate {
  const [one, two] = [first, second].map(({ successes, n }) => wilson(successes, n, confidence)) as [
    Estimate,
    Estimate,
  ];
  const value = one.value - two.value;
  return {
    value,
    low: value - Math.hypot(one.value - one.low, two.high - two.value),
    high: value + Math.hypot(one.high - one.value, two.value - two.low),
    n: first.n + second.n,
  };
}
