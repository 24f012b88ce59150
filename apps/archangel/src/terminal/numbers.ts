import type { Estimate } from '@halokit/evaluation';

/** `61.2 %`. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `61.2 % [54.3, 67.7]`, or without an interval where there is none. */
export function percentInterval({ value, low, high }: Estimate): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return percent(value);
  return `${percent(value)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
}

/** `0.430 [0.390, 0.470]`. */
export function numberInterval({ value, low, high }: Estimate, digits = 3): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return value.toFixed(digits);
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** `1,234,567`. */
export function whole(count: number): string {
  return count.toLocaleString('en-US');
}
