/** Plain numbers, one per response token. */
type Row = ArrayLike<number>;

/**
 * Generalised advantage estimates of one response whose reward comes with its last token.
 *
 *     delta_t = r_t + gamma V_t+1 - V_t,  A_t = delta_t + gamma lambda A_t+1,  V and A after the last token 0
 *
 * Source: Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation", equation 16.
 */
export function advantagesOf(score: number, values: Row, gamma: number, lambda: number): number[] {
  const advantages = new Array<number>(values.length);
  let next = 0;
  for (let t = values.length - 1; t >= 0; t--) {
    const last = t === values.length - 1;
    const delta = (last ? score : gamma * (values[t + 1] as number)) - (values[t] as number);
    next = delta + gamma * lambda * next;
    advantages[t] = next;
  }
  return advantages;
}

/** The score at the end, discounted by gamma at every token before it. */
export function discounted(score: number, length: number, gamma: number): number[] {
  return Array.from({ length }, (_, t) => score * gamma ** (length - 1 - t));
}

/** All numbers less their mean, in units of their deviation (with the biased variance). */
export function whitened(rows: readonly (readonly number[])[]): number[][] {
  const all = rows.flat();
  const mean = all.reduce((sum, x) => sum + x, 0) / Math.max(all.length, 1);
  const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(all.length, 1);
  return rows.map((row) => row.map((x) => (x - mean) / Math.sqrt(variance + 1e-8)));
}
