import { InputError } from '../input_error';
import { mean } from './candidates';

/** Which side of which number is desirable. */
export interface ThumbRule {
  /** A number, or the mean or the median of all there are. */
  readonly threshold: number | 'mean' | 'median';
  /** Whether high or low numbers are desirable. */
  readonly desirable: 'high' | 'low';
  /** What is exactly at the threshold; 'desirable' unless stated. */
  readonly atThreshold?: 'desirable' | 'undesirable' | 'drop';
}

/** The number that a threshold is for these values, of which there must be one. */
export function thresholdOf(values: readonly number[], threshold: ThumbRule['threshold']): number {
  if (typeof threshold === 'number') return threshold;
  return threshold === 'mean' ? mean(values) : median(values);
}

/** The thumb of a value; undefined at the threshold where that is dropped. */
export function thumbFor(value: number, threshold: number, rule: Omit<ThumbRule, 'threshold'>): boolean | undefined {
  if (value === threshold) return rule.atThreshold === 'drop' ? undefined : rule.atThreshold !== 'undesirable';
  return value > threshold === (rule.desirable === 'high');
}

/** @throws InputError for a rule of the wrong type */
export function checkThumbRule({ threshold, desirable, atThreshold = 'desirable' }: ThumbRule): void {
  if (!Number.isFinite(threshold) && threshold !== 'mean' && threshold !== 'median') {
    throw new InputError(`threshold: must be a number, "mean" or "median", not ${threshold}.`);
  }
  if (desirable !== 'high' && desirable !== 'low') {
    throw new InputError(`desirable: must say which numbers are, "high" or "low", not ${desirable}.`);
  }
  if (!['desirable', 'undesirable', 'drop'].includes(atThreshold)) {
    throw new InputError(`atThreshold: must be "desirable", "undesirable" or "drop", not ${atThreshold}.`);
  }
}

/** Of an even number of values the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : mean([...sorted.subarray(half - 1, half + 1)]);
}
