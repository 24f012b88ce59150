import { type Estimate, meanInterval } from '@halokit/evaluation';
import type { CellResult } from '../results/grid_results';
import type { Measure } from './measures';

/** What the runs of one model and method came to. */
export interface OverSeeds {
  /** Mean over the seeds with Student's interval, for a seed is a run. */
  readonly estimate: Estimate;
  /** The runs' own values, in the order of their seeds. */
  readonly seeds: readonly number[];
}

/**
 * Mean over the seeds of a measure.
 *
 * @param limits between which every value lies: the interval is cut there, where no mean can be
 * @returns nothing where it is known of no cell
 */
export function overSeeds(
  cells: readonly CellResult[],
  measure: Measure,
  [least, most]: readonly [number, number],
): OverSeeds | undefined {
  const seeds = [...cells].sort((a, b) => a.seed - b.seed).flatMap((cell) => measure(cell) ?? []);
  if (seeds.length === 0) return undefined;
  const { low, high, ...mean } = meanInterval(seeds);
  const cut = seeds.length > 1;
  return {
    estimate: { ...mean, low: cut ? Math.max(least, low) : low, high: cut ? Math.min(most, high) : high },
    seeds,
  };
}

export const shares = [0, 1] as const;
export const lengths = [0, Number.POSITIVE_INFINITY] as const;
