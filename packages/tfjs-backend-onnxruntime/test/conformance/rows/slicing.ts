import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { allOf, anyOf } from '../inputs';
import { type Row, row } from '../row';
import { shapes, withAxis } from '../shapes';
import { stridedSlices } from './strided_slices';

type Pairs = [number, number][];

/** Where each axis is cut, up to its end now and then by -1. */
const cuts = shapes(1).chain((shape) => {
  const along = (n: number) =>
    fc
      .tuple(fc.integer({ min: 0, max: n }), fc.integer({ min: 0, max: n }), fc.boolean())
      .map(([x, y, toEnd]) => ({ begin: Math.min(x, y), size: toEnd ? -1 : Math.abs(x - y) }));
  return fc.tuple(anyOf(shape), fc.tuple(...shape.map(along))).map(([x, list]) => ({
    inputs: [x],
    begin: list.map(({ begin }) => begin),
    size: list.map(({ size }) => size),
  }));
});

const splits = withAxis(shapes(1)).chain(({ shape, axis }) => {
  const n = shape.at(axis) as number;
  const divisors = [1, 2, 3, 4].filter((d) => n % d === 0);
  const places = fc.array(fc.integer({ min: 0, max: n }), { maxLength: 3 }).map((list) => {
    const ends = [...list.sort((a, b) => a - b), n];
    return ends.map((end, i) => end - (ends[i - 1] ?? 0));
  });
  return fc
    .tuple(anyOf(shape), fc.oneof(fc.constantFrom(...divisors), places))
    .map(([x, parts]) => ({ inputs: [x], parts, axis }));
});

const concats = fc
  .tuple(withAxis(shapes(1)), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }))
  .chain(([{ shape, axis }, lengths]) => {
    const along = axis < 0 ? shape.length + axis : axis;
    const list = lengths.map((n) => shape.map((d, i) => (i === along ? n : d)));
    return allOf(list).map((inputs) => ({ inputs, axis }));
  });

const packs = fc
  .tuple(shapes(0, 4), fc.integer({ min: 1, max: 3 }))
  .chain(([shape, count]) =>
    fc
      .tuple(allOf(Array<number[]>(count).fill(shape)), fc.integer({ min: 0, max: shape.length }))
      .map(([inputs, axis]) => ({ inputs, axis })),
  );

const perAxis = <T>(shape: readonly number[], of: (n: number) => fc.Arbitrary<T>) =>
  fc.tuple(...shape.map(of)) as fc.Arbitrary<T[]>;

/** cpu pads no scalars. */
const pads = shapes(1).chain((shape) =>
  fc
    .tuple(
      anyOf(shape),
      perAxis(shape, () => fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))),
    )
    .chain(([x, paddings]) =>
      (x.dtype === 'float32'
        ? fc.constantFrom(0, 1.5, -2, Number.NaN, Number.NEGATIVE_INFINITY)
        : fc.constantFrom(0, 1)
      ).map((constant) => ({ inputs: [x], paddings: paddings as Pairs, constant })),
    ),
);

const mirrored = fc
  .tuple(shapes(1, 4), fc.constantFrom('reflect' as const, 'symmetric' as const))
  .chain(([any, mode]) => {
    const shape = any.map((n) => Math.max(n, 1));
    const most = (n: number) => Math.min(mode === 'reflect' ? n - 1 : n, 3);
    const padding = (n: number) => fc.tuple(fc.integer({ min: 0, max: most(n) }), fc.integer({ min: 0, max: most(n) }));
    return fc
      .tuple(anyOf(shape), perAxis(shape, padding))
      .map(([x, paddings]) => ({ inputs: [x], paddings: paddings as Pairs, mode }));
  });

const tiles = shapes(1, 4).chain((shape) =>
  fc
    .tuple(
      anyOf(shape),
      perAxis(shape, () => fc.integer({ min: 0, max: 3 })),
    )
    .map(([x, reps]) => ({ inputs: [x], reps })),
);

const reversals = shapes().chain((shape) =>
  fc.tuple(anyOf(shape), fc.subarray(shape.map((_, axis) => axis))).map(([x, axes]) => ({ inputs: [x], axes })),
);

export const slicingRows: readonly Row[] = [
  row('Slice', cuts, ([x], { begin, size }) => tf.slice(x as tf.Tensor, begin, size)),
  row('StridedSlice', stridedSlices, ([x], { begin, end, strides, masks }) =>
    tf.stridedSlice(x as tf.Tensor, begin, end, strides, ...masks),
  ),
  row('SplitV', splits, ([x], { parts, axis }) => tf.split(x as tf.Tensor, parts, axis)),
  row('Concat', concats, (list, { axis }) => tf.concat([...list], axis)),
  row('Pack', packs, (list, { axis }) => tf.stack([...list], axis)),
  row(
    'Unpack',
    withAxis(shapes(1)).chain(({ shape, axis }) => anyOf(shape).map((x) => ({ inputs: [x], axis }))),
    ([x], { axis }) => tf.unstack(x as tf.Tensor, axis),
  ),
  row('PadV2', pads, ([x], { paddings, constant }) => tf.pad(x as tf.Tensor, paddings, constant)),
  row('MirrorPad', mirrored, ([x], { paddings, mode }) => tf.mirrorPad(x as tf.Tensor, paddings, mode)),
  row('Tile', tiles, ([x], { reps }) => tf.tile(x as tf.Tensor, reps)),
  row('Reverse', reversals, ([x], { axes }) => tf.reverse(x as tf.Tensor, axes)),
];
