import { equalParts } from '@halokit/evaluation';
import type { Figure } from './figure';

/** Some of the held-out examples, and their figures. */
export interface Slice {
  readonly by: 'set' | 'length' | 'class';
  readonly name: string;
  /** Examples in it. */
  readonly n: number;
  readonly figures: readonly Figure[];
}

/** What was measured of held-out examples, from which the figures of any of them can be made. */
export interface Measured {
  /** Tokens of each example's response; of a pair, of the longer one. */
  readonly lengths: readonly number[];
  figuresOf(places: readonly number[]): readonly Figure[];
  /** Where examples are of two classes: the class of each, and the figures of some of one class. */
  readonly classes?: readonly string[];
  figuresOfClass?(places: readonly number[]): readonly Figure[];
}

/** Figures by data set, by thirds of length, and by class. */
export function slicesOf(measured: Measured, sets: readonly string[]): Slice[] {
  const { lengths, classes = [] } = measured;
  const sliced = (by: Slice['by'], name: string, places: readonly number[], figures = measured.figuresOf(places)) => {
    return { by, name, n: places.length, figures };
  };
  return [
    ...placesBy(sets).map(([set, places]) => sliced('set', set, places)),
    ...equalParts(lengths, 3).map(({ low, high, places }) => sliced('length', lengthName(low, high), places)),
    ...placesBy(classes).map(([name, places]) => sliced('class', name, places, measured.figuresOfClass?.(places))),
  ];
}

function placesBy(names: readonly string[]): [string, number[]][] {
  const found = new Map<string, number[]>();
  names.forEach((name, i) => {
    const places = found.get(name);
    if (places) places.push(i);
    else found.set(name, [i]);
  });
  return [...found];
}

function lengthName(low: number, high: number): string {
  if (low === high) return high === 1 ? '1 token' : `${high} tokens`;
  return `${low} to ${high} tokens`;
}
