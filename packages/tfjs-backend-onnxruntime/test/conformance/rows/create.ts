import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { known, tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { broadcasting, shapes } from '../shapes';
import { floats, integers } from '../values';

const fills = fc.oneof(
  fc.record({ shape: shapes(), value: floats, dtype: fc.constant('float32' as const) }),
  fc.record({ shape: shapes(), value: integers, dtype: fc.constant('int32' as const) }),
  fc.record({ shape: shapes(), value: fc.integer({ min: 0, max: 1 }), dtype: fc.constant('bool' as const) }),
);

/** Everything goes to one class, so that it does not matter which random numbers are drawn. */
const certain = fc
  .record({
    rows: fc.integer({ min: 1, max: 3 }),
    classes: fc.integer({ min: 2, max: 6 }),
    winner: fc.nat(5),
    samples: fc.integer({ min: 1, max: 5 }),
  })
  .chain(({ rows, classes, winner, samples }) => {
    const values = Array.from({ length: rows * classes }, (_, i) => (i % classes === winner % classes ? 200 : 0));
    return tensorOf([rows, classes], 'float32', fc.constant(0)).map((x) => ({ inputs: [{ ...x, values }], samples }));
  });

export const createRows: readonly Row[] = [
  row(
    'Fill',
    fills.map((fill) => ({ inputs: [], ...fill })),
    (_, { shape, value, dtype }) => tf.fill(shape, value, dtype),
  ),
  row(
    'Range',
    fc
      .record({
        start: fc.integer({ min: -9, max: 9 }),
        stop: fc.integer({ min: -9, max: 9 }),
        step: fc.constantFrom(1, -1, 2, -3, 0.5, 0.3),
      })
      .map(({ step, ...ends }) => ({ inputs: [], ...ends, step })),
    (_, { start, stop, step }) => tf.range(start, stop, step, 'float32'),
    { absolute: 1e-5, because: 'cpu adds the step over and over, in float32' },
  ),
  row(
    'LinSpace',
    fc
      .record({
        start: fc.integer({ min: -9, max: 9 }),
        stop: fc.integer({ min: -9, max: 9 }),
        num: fc.integer({ min: 1, max: 9 }),
      })
      .map((list) => ({ inputs: [], ...list })),
    (_, { start, stop, num }) => tf.linspace(start, stop, num),
    { absolute: 1e-6, because: 'cpu adds the step over and over, in float32' },
  ),
  row('Multinomial', certain, ([x], { samples }) => tf.multinomial(x as tf.Tensor2D, samples, 7)),
  row(
    'BroadcastArgs',
    broadcasting.map(([a, b]) => ({ inputs: [known([a.length], 'int32', a), known([b.length], 'int32', b)] })),
    ([a, b]) => tf.broadcastArgs(a as tf.Tensor, b as tf.Tensor),
  ),
];
