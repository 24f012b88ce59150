import { normalCriticalValue } from './critical_values';
import type { Estimate } from './interval';

/**
 * Wilson's score interval for a share p = successes / n, with z the normal critical value of the confidence:
 *
 *     (p + z^2/2n -+ z sqrt(p(1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
 *
 * Stays inside [0, 1] and is honest near its ends, where the usual p -+ z s is not. Ties may enter as half successes:
 * they vary less than wins and losses do, so the interval is then a little too wide, never too narrow. Without
 * observations it is [0, 1] around one half.
 *
 * @throws RangeError for more successes than observations, or a confidence outside (0, 1)
 *
 * Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
 */
export function wilson(successes: number, n: number, confidence = 0.95): Estimate {
  if (!(successes >= 0 && successes <= n)) throw new RangeError(`${successes} successes in ${n} observations.`);
  const z = normalCriticalValue(confidence);
  if (n === 0) return { value: 0.5, low: 0, high: 1, n };
  const p = successes / n;
  const centre = p + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  // At either end the bound is the end itself, which rounding would miss.
  const low = successes === 0 ? 0 : (centre - spread) / scale;
  const high = successes === n ? 1 : (centre + spread) / scale;
  return { value: p, low, high, n };
}
