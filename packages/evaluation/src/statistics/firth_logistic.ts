/** What a logistic regression says at x = 0. */
export interface LogisticFit {
  readonly logit: number;
  /** From the inverse of the information matrix. */
  readonly variance: number;
}

/**
 * Logistic regression on one variable that is not the same everywhere, with Firth's penalty (Jeffreys' prior), which
 * keeps coefficients finite where the variable tells the outcomes apart. It maximises
 *
 *     sum of y log p + (1 - y) log(1 - p)  +  1/2 log det I,   p = 1 / (1 + exp(-(a + b x)))
 *
 * with I the information matrix, by Newton steps to where the modified score, sum of (y - p + h (1/2 - p)) (1, x), is 0, h
 * a row's leverage; each is halved until it does not lead down.
 *
 * Source: Firth, "Bias Reduction of Maximum Likelihood Estimates", 1993; Heinze and Schemper, "A Solution to the Problem
 * of Separation in Logistic Regression", 2002.
 */
export function firthLogistic(x: readonly number[], y: readonly number[]): LogisticFit {
  // The maximum does not depend on where x begins or how it is scaled, the way there does.
  const centre = x.reduce((sum, at) => sum + at, 0) / x.length;
  const scale = Math.sqrt(x.reduce((sum, at) => sum + (at - centre) ** 2, 0) / x.length);
  const z = x.map((at) => (at - centre) / scale);
  let [a, b] = [0, 0];
  let here = look(z, y, a, b);
  for (let round = 0; round < 200 && Math.hypot(...here.step) > 1e-10; round++) {
    const [up, along] = here.step;
    let part = 1;
    let there = look(z, y, a + up, b + along);
    while (!(there.height >= here.height) && part > 1e-6) {
      part /= 2;
      there = look(z, y, a + part * up, b + part * along);
    }
    // At the top only rounding is left to climb.
    if (!(there.height >= here.height)) break;
    a += part * up;
    b += part * along;
    here = there;
  }
  const at = -centre / scale;
  return { logit: a + b * at, variance: here.varianceAt(at) };
}

/** The penalised log-likelihood at a place, the step from there, and how sure the logit of a row is. */
function look(x: readonly number[], y: readonly number[], a: number, b: number) {
  const logits = x.map((at) => a + b * at);
  const weights = logits.map((logit) => sigmoid(logit) * sigmoid(-logit));
  const { m0, m1, m2, determinant } = momentsOf(x, weights);
  const varianceAt = (at: number) => (m2 - 2 * m1 * at + m0 * at ** 2) / determinant;
  const leverages = x.map((at, i) => (weights[i] as number) * varianceAt(at));
  let [height, u0, u1] = [Math.log(determinant) / 2, 0, 0];
  logits.forEach((logit, i) => {
    const [points, p] = [y[i] as number, sigmoid(logit)];
    const score = points - p + (leverages[i] as number) * (0.5 - p);
    u0 += score;
    u1 += score * (x[i] as number);
    height -= points * softplus(-logit) + (1 - points) * softplus(logit);
  });
  // The score falls as fast as this, but for what the leverages change; the information alone would lead twice too far
  // along what one row decides.
  const fall = weights.map((weight, i) => weight * (1 + (leverages[i] as number)));
  const { m0: f0, m1: f1, m2: f2, determinant: area } = momentsOf(x, fall);
  const step: [number, number] = [(f2 * u0 - f1 * u1) / area, (f0 * u1 - f1 * u0) / area];
  return { height, step, varianceAt };
}

/** Sums of w, w x and w x^2, and the determinant of the matrix they make. */
function momentsOf(x: readonly number[], weights: readonly number[]) {
  let [m0, m1, m2] = [0, 0, 0];
  weights.forEach((weight, i) => {
    const at = x[i] as number;
    m0 += weight;
    m1 += weight * at;
    m2 += weight * at ** 2;
  });
  return { m0, m1, m2, determinant: m0 * m2 - m1 ** 2 };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
