import * as fc from 'fast-check';

const millionths = (limit: number) =>
  fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((n) => Math.fround(n / 1e6));

/** Numbers as most are: no more than `limit` away from 0. */
export const moderate = (limit = 10): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 5, arbitrary: millionths(limit) },
    { weight: 1, arbitrary: fc.integer({ min: -Math.min(limit, 5), max: Math.min(limit, 5) }) },
  );

/** From 10 ** from to 10 ** to, of either sign. */
const magnitude = (from: number, to: number) =>
  fc
    .tuple(fc.integer({ min: from * 1000, max: to * 1000 }), fc.constantFrom(1, -1))
    .map(([exponent, sign]) => Math.fround(sign * 10 ** (exponent / 1000)));

const zeros = fc.constantFrom(0, -0);
export const extremes = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

/** Every number that is finite. */
export const finite: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: moderate() },
  { weight: 1, arbitrary: zeros },
  { weight: 1, arbitrary: magnitude(1, 38.5) },
  { weight: 1, arbitrary: magnitude(-37, -2) },
);

/** Every float32. */
export const floats: fc.Arbitrary<number> = fc.oneof(
  { weight: 9, arbitrary: finite },
  { weight: 1, arbitrary: extremes },
);

/** Numbers for sums: of the largest, whether a sum overflows would depend on the order of its terms. */
const summands: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: moderate() },
  { weight: 1, arbitrary: zeros },
  { weight: 1, arbitrary: magnitude(1, 15) },
  { weight: 1, arbitrary: magnitude(-15, -2) },
);

/** The same, and now and then what is no number. */
export const summandsAndExtremes: fc.Arbitrary<number> = fc.oneof(
  { weight: 60, arbitrary: summands },
  { weight: 1, arbitrary: extremes },
);

/** Factors of products that neither overflow nor lose digits near 0. */
export const factors: fc.Arbitrary<number> = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 500, max: 1500 }).map((n) => Math.fround(n / 1000)) },
  { weight: 20, arbitrary: fc.integer({ min: -1500, max: -500 }).map((n) => Math.fround(n / 1000)) },
  { weight: 1, arbitrary: zeros },
  { weight: 1, arbitrary: extremes },
);

export const smallIntegers = fc.integer({ min: -30, max: 30 });

/** Every int32. */
export const integers: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: smallIntegers },
  { weight: 1, arbitrary: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
);

export const booleans = fc.integer({ min: 0, max: 1 });
