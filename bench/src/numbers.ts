import type { Summary } from './statistics';

/** Three significant digits, or all before the point: `0.961`, `2.20`, `1,067`. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const before = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.min(Math.max(3 - before, 0), 6);
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `0.961 (0.950 to 1.02)`. */
export function spread({ median, low, high }: Summary, unit = ''): string {
  return `${digits(median)}${unit} (${digits(low)} to ${digits(high)})`;
}

/** `250 MB`, in units of 10^6 bytes. */
export function megabytes(bytes: number): string {
  return `${digits(bytes / 1e6)} MB`;
}

/** `2.31 GB`, in units of 10^9 bytes. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
