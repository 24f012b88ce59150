/** One kind of product of two square float32 matrices. */
export interface MatmulRate {
  readonly size: number;
  /** Whether the second matrix is transposed. */
  readonly transposed: boolean;
  /** Median, in 10^9 operations a second. */
  readonly gigaflops: number;
}

/** From caches to far beyond them. */
export const sizes = [512, 768, 1024, 1536, 2048] as const;

/** Multiplications and additions of a product of square matrices. */
export function matmulFlops(size: number): number {
  return 2 * size ** 3;
}

/** Of each kind the better of two measurements: whatever else the machine does only ever slows one down. */
export function betterRates(first: readonly MatmulRate[], second: readonly MatmulRate[]): MatmulRate[] {
  return first.map((rate, i) => {
    const other = second[i];
    return other && other.gigaflops > rate.gigaflops ? other : rate;
  });
}

/** The fastest kind. @throws RangeError for none */
export function bestRate(rates: readonly MatmulRate[]): MatmulRate {
  const [first, ...others] = rates;
  if (!first) throw new RangeError('There is no best of no rates.');
  return others.reduce((best, rate) => (rate.gigaflops > best.gigaflops ? rate : best), first);
}
