/** What float32 may get wrong: this many units in the last place, of what is added up on the way to a loss. */
const units = 16 * 2 ** -23;

/**
 * How far a loss may be off by rounding alone.
 *
 * @param size the loss, or a larger number that it was computed from
 * @param slope how fast it changes with the reward
 * @param magnitude the log-probabilities that the reward is a sum of
 */
export function rounding(size: number, slope: number, magnitude: number): number {
  return units * (size + slope * magnitude) + 1e-30;
}

/** A number in a sentence. */
export function show(x: number): string {
  if (!Number.isFinite(x)) return String(x).replace('Infinity', 'infinity');
  return Math.abs(x) < 1e-10 ? '0' : String(Number(x.toPrecision(6)));
}

/** A number of a table or a factor: three digits are enough. */
export function roughly(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(3))) : show(x);
}
