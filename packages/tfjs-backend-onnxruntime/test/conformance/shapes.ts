import * as fc from 'fast-check';

/** No tensor is larger, so that a run of all rows stays short. */
const most = 160;

const dimension = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 9 }) },
);

/** Dimensions become 1 where there would be too many numbers. */
export function bounded(shape: readonly number[], limit = most): number[] {
  let size = 1;
  return shape.map((n) => {
    if (size * n > limit) return 1;
    size *= Math.max(n, 1);
    return n;
  });
}

/** Shapes of a rank in a range; zeros and, now and then, rows long enough for every path of vectorized loops. */
export function shapes(minRank = 0, maxRank = 5): fc.Arbitrary<number[]> {
  const any = fc
    .array(dimension, { minLength: minRank, maxLength: maxRank, size: 'max' })
    .map((shape) => bounded(shape));
  const long = fc.integer({ min: 9, max: 70 }).map((n) => {
    const rank = Math.max(minRank, Math.min(maxRank, 2));
    return [2, ...Array<number>(Math.max(rank - 2, 0)).fill(1), n].slice(-rank);
  });
  return maxRank === 0 ? any : fc.oneof({ weight: 7, arbitrary: any }, { weight: 1, arbitrary: long });
}

/** Shapes without a zero. */
export function fullShapes(minRank = 0, maxRank = 5): fc.Arbitrary<number[]> {
  return shapes(minRank, maxRank).map((shape) => shape.map((n) => Math.max(n, 1)));
}

/** Two shapes that broadcast: each may lack leading axes and have 1 where the other has more. */
export const broadcasting: fc.Arbitrary<readonly [number[], number[]]> = fc
  .tuple(
    shapes(),
    fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 5 }),
    fc.integer({ min: -3, max: 3 }),
  )
  .map(([shape, ones, fewer]) => {
    const side = (one: number, lacking: number) =>
      shape.map((n, axis) => (ones[axis] === one ? 1 : n)).slice(Math.max(lacking, 0));
    return [side(0, fewer), side(1, -fewer)] as const;
  });

/** A shape and one of its axes, counted from either end. */
export function withAxis(of: fc.Arbitrary<number[]>): fc.Arbitrary<{ shape: number[]; axis: number }> {
  return of.chain((shape) =>
    fc.integer({ min: -shape.length, max: shape.length - 1 }).map((axis) => ({ shape, axis })),
  );
}

export interface AxesCall {
  readonly shape: number[];
  readonly axis?: number[];
  readonly keepDims: boolean;
}

/** A shape, any of its axes in any order, and whether they are kept. */
export function withAxes(of: fc.Arbitrary<number[]>): fc.Arbitrary<AxesCall> {
  return of.chain((shape) => {
    const places = fc.subarray(shape.map((_, axis) => axis));
    const signs = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    const axes = fc
      .tuple(places, signs)
      .map(([list, fromEnd]) => list.map((axis, i) => (fromEnd[i] ? axis - shape.length : axis)));
    return fc.record({
      shape: fc.constant(shape),
      axis: fc.option(axes, { nil: undefined, freq: 5 }),
      keepDims: fc.boolean(),
    });
  });
}
