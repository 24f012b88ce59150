import type { SecondsRange } from '@halokit/trainer';
import { duration } from '../terminal/duration';

/** `12.3 GB`: 10^9 bytes. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`;
}

/** `2.1 s`, `3 min 20 s`. */
export function shortTime(seconds: number): string {
  return seconds < 10 ? `${seconds.toPrecision(2)} s` : duration(seconds);
}

/** `about 2.1 s (1.5 s to 2.9 s)`. */
export function timeRange({ likely, low, high }: SecondsRange): string {
  return `about ${shortTime(likely)} (${shortTime(low)} to ${shortTime(high)})`;
}
