// The fused operations from their formulas, one number after another.

type Rows = readonly (readonly number[])[];

export const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * at(b, i)));
const sum = (list: readonly number[]) => list.reduce((total, x) => total + x, 0);
export const mean = (list: readonly number[]) => sum(list) / list.length;
const at = (list: readonly number[], i: number) => list[i] as number;

/** Cuts a list into rows. */
export function rowsOf(values: readonly number[], width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

export function layerNorm(row: readonly number[], weight: readonly number[], bias: readonly number[], epsilon: number) {
  const deviation = Math.sqrt(mean(row.map((x) => (x - mean(row)) ** 2)) + epsilon);
  return row.map((x, i) => ((x - mean(row)) / deviation) * at(weight, i) + at(bias, i));
}

export function rmsNorm(row: readonly number[], weight: readonly number[], epsilon: number) {
  const root = Math.sqrt(mean(row.map((x) => x ** 2)) + epsilon);
  return row.map((x, i) => (x / root) * at(weight, i));
}

/** erf(x) = 2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n + 1) / (1 x 3 x ... x (2n + 1)); from 6 on it is 1 in float64. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

export const gelu = (x: number) => (x * (1 + erf(x / Math.SQRT2))) / 2;

export const geluTanh = (x: number) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2;

export const swiglu = (gate: number, up: number) => (gate / (1 + Math.exp(-gate))) * up;

/** Turns the pairs (x_i, x_(i + rotated / 2)) as complex numbers, by position x theta^(-2 i / rotated). */
export function rotary(head: readonly number[], position: number, rotated: number, theta: number): number[] {
  const y = [...head];
  for (let i = 0; i < rotated / 2; i++) {
    const angle = position / theta ** ((2 * i) / rotated);
    const [real, imaginary] = [at(head, i), at(head, i + rotated / 2)];
    y[i] = real * Math.cos(angle) - imaginary * Math.sin(angle);
    y[i + rotated / 2] = real * Math.sin(angle) + imaginary * Math.cos(angle);
  }
  return y;
}

export function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const total = sum(scores.map((score) => Math.exp(score - top)));
  return scores.map((score) => Math.exp(score - top) / total);
}

/** What one query of one head reads. */
export function attend(query: readonly number[], keys: Rows, values: Rows, sees: (key: number) => boolean): number[] {
  const shares = softmax(
    keys.map((key, i) => (sees(i) ? dot(query, key) / Math.sqrt(query.length) : Number.NEGATIVE_INFINITY)),
  );
  return query.map((_, d) => sum(values.map((value, i) => at(shares, i) * at(value, d))));
}

export function labelLogp(hidden: readonly number[], vocabulary: Rows, label: number): number {
  return Math.log(at(softmax(vocabulary.map((row) => dot(hidden, row))), label));
}
