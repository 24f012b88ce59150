import { holm } from '@halokit/evaluation';
import { level } from '../significance';
import type { Figure, RunReport } from './run_schemas';

/** Fewer observations than this are too few to say anything. */
export const few = 10;

/** What a figure on held-out examples shows by its interval, in a few words; nothing where no effect is not its question. */
export function readingOf({ estimate: { value, low, high, n }, noEffect }: Figure): string {
  if (noEffect === undefined) return '';
  if (!Number.isFinite(value)) return 'unknown';
  if (n < few) return 'too few to say';
  if (!Number.isFinite(low) || !Number.isFinite(high)) return 'without an interval, so open';
  const chance = noEffect === 0.5;
  if (low > noEffect) return chance ? 'better than chance' : `above ${noEffect}`;
  if (high < noEffect) return chance ? 'worse than chance' : `below ${noEffect}`;
  return indistinct(noEffect);
}

function indistinct(noEffect: number | undefined): string {
  return `not distinguishable from ${noEffect === 0.5 ? 'chance' : noEffect}`;
}

type Slices = NonNullable<RunReport['slices']>;

/** The same of the figures of a run's slices, in their order, where tested with p-values corrected for how many they are (Holm). */
export function sliceReadings(slices: Slices): string[][] {
  const figures = slices.flatMap((slice) => slice.figures);
  const tested = figures.filter(
    ({ pValue, estimate: { value, n } }) => Number.isFinite(pValue) && Number.isFinite(value) && n >= few,
  );
  const corrected = holm(tested.map(({ pValue }) => pValue as number));
  return slices.map((slice) =>
    slice.figures.map((figure) => {
      const p = corrected[tested.indexOf(figure)];
      return p === undefined || p < level ? readingOf(figure) : indistinct(figure.noEffect);
    }),
  );
}
