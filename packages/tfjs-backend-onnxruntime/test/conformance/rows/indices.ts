import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { anyOf, tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { bounded, fullShapes, shapes } from '../shapes';
import { booleans, finite, integers } from '../values';

const upTo = (n: number) => fc.integer({ min: 0, max: n - 1 });

/** Along any axis, the axes before it shared with the indices or not. */
const gathers = fullShapes(1, 4)
  .chain((shape) => fc.record({ shape: fc.constant(shape), axis: upTo(shape.length), more: shapes(0, 2) }))
  .chain(({ shape, axis, more }) =>
    fc.integer({ min: 0, max: axis }).chain((batchDims) => {
      const places = bounded([...shape.slice(0, batchDims), ...more], 60);
      places.splice(0, batchDims, ...shape.slice(0, batchDims));
      return fc
        .tuple(anyOf(shape), tensorOf(places, 'int32', upTo(shape[axis] as number)), fc.boolean())
        .map((drawn) => ({
          inputs: [drawn[0], drawn[1]],
          axis: drawn[2] ? axis - shape.length : axis,
          batchDims,
        }));
    }),
  );

/** Tuples that name a slice each, for a shape and some of its axes. */
function tuples(shape: readonly number[], depth: number, lead: readonly number[]) {
  const count = lead.reduce((n, d) => n * d, 1);
  const tuple = fc.tuple(...shape.slice(0, depth).map(upTo));
  return fc.array(tuple, { minLength: count, maxLength: count }).chain((list) => {
    const flat = list.flat();
    return tensorOf([...lead, depth], 'int32', fc.constant(0)).map((x) => ({ ...x, values: flat }));
  });
}

const addressed = fc
  .tuple(fullShapes(1, 4), fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 }))
  .chain(([shape, lead]) =>
    fc.record({ shape: fc.constant(shape), lead: fc.constant(lead), depth: fc.integer({ min: 1, max: shape.length }) }),
  );

const updates = addressed.chain(({ shape, lead, depth }) =>
  fc
    .tuple(tuples(shape, depth, lead), anyOf([...lead, ...shape.slice(depth)]))
    .map(([places, values]) => ({ places, values, shape })),
);

/** Summed where several go to one place, which truth values are not, and whole numbers only as far as int32. */
const scatters = addressed.chain(({ shape, lead, depth }) => {
  const rows = [...lead, ...shape.slice(depth)];
  const values = fc.oneof(
    tensorOf(
      rows,
      'float32',
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => Math.fround(n / 1e5)),
    ),
    tensorOf(rows, 'int32', fc.integer({ min: -1e6, max: 1e6 })),
  );
  return fc.tuple(tuples(shape, depth, lead), values).map(([places, list]) => ({ inputs: [places, list], shape }));
});

const segments = fc.tuple(shapes(1, 3), fc.integer({ min: 1, max: 5 })).chain(([shape, count]) =>
  fc
    .tuple(
      fc.oneof(
        tensorOf(
          shape,
          'float32',
          fc.integer({ min: -1e6, max: 1e6 }).map((n) => Math.fround(n / 1e5)),
        ),
        tensorOf(shape, 'int32', fc.integer({ min: -1e4, max: 1e4 })),
      ),
      tensorOf(shape.slice(0, 1), 'int32', fc.integer({ min: -1, max: count })),
    )
    .map((inputs) => ({ inputs, count })),
);

/** With ties, and without not-a-numbers, which have no place in an order. */
const ranked = fullShapes(1, 3).chain((shape) =>
  fc
    .tuple(
      fc.oneof(
        tensorOf(shape, 'float32', finite),
        tensorOf(shape, 'float32', fc.integer({ min: -2, max: 2 })),
        tensorOf(shape, 'int32', integers),
        tensorOf(shape, 'int32', fc.integer({ min: 0, max: 2 })),
        tensorOf(shape, 'bool', booleans),
      ),
      fc.integer({ min: 0, max: shape.at(-1) as number }),
    )
    .map(([x, k]) => ({ inputs: [x], k })),
);

const cancelled = { absolute: 1e-5, because: 'terms of float32 sums, of up to 10, cancel' };

export const indexRows: readonly Row[] = [
  row('GatherV2', gathers, ([x, places], { axis, batchDims }) =>
    tf.gather(x as tf.Tensor, places as tf.Tensor, axis, batchDims),
  ),
  row(
    'GatherNd',
    addressed.chain(({ shape, lead, depth }) =>
      fc.tuple(anyOf(shape), tuples(shape, depth, lead)).map((inputs) => ({ inputs })),
    ),
    ([x, places]) => tf.gatherND(x as tf.Tensor, places as tf.Tensor),
  ),
  row(
    'OneHot',
    fc
      .tuple(
        shapes(0, 3),
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
      )
      .chain(([shape, depth, dtype]) =>
        tensorOf(bounded(shape, 40), 'int32', fc.integer({ min: -2, max: 6 })).map((x) => ({
          inputs: [x],
          depth,
          dtype,
        })),
      ),
    ([x], { depth, dtype }) => tf.oneHot(x as tf.Tensor, depth, dtype === 'bool' ? 1 : 7, 0, dtype),
  ),
  row('TopK', ranked, ([x], { k }) => {
    const { values, indices } = tf.topk(x as tf.Tensor, k, true);
    return [values, indices];
  }),
  row(
    'UnsortedSegmentSum',
    segments,
    ([x, ids], { count }) =>
      // cpu makes float32 of whole numbers.
      tf.cast(tf.unsortedSegmentSum(x as tf.Tensor, ids as tf.Tensor1D, count), (x as tf.Tensor).dtype),
    cancelled,
  ),
  row(
    'ScatterNd',
    scatters,
    ([places, list], { shape }) => tf.scatterND(places as tf.Tensor, list as tf.Tensor, shape as never),
    cancelled,
  ),
  row(
    'TensorScatterUpdate',
    updates.chain(({ places, values, shape }) =>
      tensorOf(shape, values.dtype, fc.constantFrom(0, 1)).map((into) => ({ inputs: [into, places, values] })),
    ),
    ([into, places, values]) => tf.tensorScatterUpdate(into as tf.Tensor, places as tf.Tensor, values as tf.Tensor),
  ),
];
