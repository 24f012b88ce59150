/**
 * z with P(|Z| <= z) = confidence, Z standard normal; 1.959963984540054 for 0.95.
 *
 *     P(|Z| <= z) = 2 phi(z) (z + z^3/3 + z^5/(3 5) + ...)
 *
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.11.
 */
export function normalCriticalValue(confidence: number): number {
  check(confidence);
  return rootOf((z) => normalWithin(z) - confidence, 9);
}

/** P(|Z| > |z|), Z standard normal: the two-sided p-value of z. To 16 decimals, so 0 beyond 8.3. */
export function normalOutside(z: number): number {
  return Math.max(0, 1 - normalWithin(Math.min(9, Math.abs(z))));
}

/** P(|Z| <= z) for 0 <= z <= 9. */
function normalWithin(z: number): number {
  let term = z;
  let sum = 0;
  for (let odd = 3; sum + term > sum; odd += 2) {
    sum += term;
    term *= z ** 2 / odd;
  }
  return Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2) * sum;
}

/**
 * t with P(|T| <= t) = confidence, T of Student's distribution with a whole number of degrees of freedom. In the angle
 * a = arctan(t / sqrt(degrees)) the probability is a finite sum:
 *
 *     even degrees  sin a (1 + 1/2 cos^2 a + (1 3)/(2 4) cos^4 a + ...)
 *     odd degrees   2/pi (a + sin a (cos a + 2/3 cos^3 a + (2 4)/(3 5) cos^5 a + ...))
 *
 * Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
 */
export function tCriticalValue(confidence: number, degrees: number): number {
  check(confidence);
  const angle = rootOf((a) => tWithin(a, degrees) - confidence, Math.PI / 2);
  return Math.sqrt(degrees) * Math.tan(angle);
}

/** P(|T| > |t|), T of Student's distribution: the two-sided p-value of t. To 15 decimals, so 0 far out. */
export function tOutside(t: number, degrees: number): number {
  return Math.max(0, 1 - tWithin(Math.atan(Math.abs(t) / Math.sqrt(degrees)), degrees));
}

/** P(|T| <= sqrt(degrees) tan a). */
function tWithin(a: number, degrees: number): number {
  const odd = degrees % 2;
  let term = odd ? Math.cos(a) : 1;
  let sum = 0;
  for (let power = odd; power <= degrees - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * Math.cos(a) ** 2;
  }
  const inside = Math.sin(a) * sum;
  return odd ? (2 / Math.PI) * (a + inside) : inside;
}

/** Where a rising function passes 0 between 0 and `end`, by halving, to the last bit. */
function rootOf(rising: (x: number) => number, end: number): number {
  let [low, high] = [0, end];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
}

function check(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`A confidence of ${confidence} is no share between 0 and 1: give 0.95 for 95 %.`);
  }
}
