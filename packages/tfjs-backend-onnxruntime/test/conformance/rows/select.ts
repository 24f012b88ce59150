import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { allOf, tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { broadcasting, shapes } from '../shapes';
import { sum } from '../tolerance';
import { booleans, summandsAndExtremes } from '../values';

/** TensorFlow.js does not repeat what is there once none times. */
const selected = fc.tuple(broadcasting, fc.nat(4)).map(([[a, b], way]): [number[], number[], number[]] => {
  if (way === 0) return [a, a, a];
  const [x, y] = [a, b].map((shape) => shape.map((n) => Math.max(n, 1))) as [number[], number[]];
  return way === 1 ? [x, y, y] : way === 2 ? [x, y, x] : way === 3 ? [y, x, x] : [x, x, y];
});

export const selectRows: readonly Row[] = [
  row(
    'Select',
    selected.chain(([c, t, e]) =>
      fc
        .tuple(tensorOf(c, 'bool', booleans), allOf([t, e]))
        .map(([condition, sides]) => ({ inputs: [condition, ...sides] })),
    ),
    ([condition, yes, no]) => tf.where(condition as tf.Tensor, yes as tf.Tensor, no as tf.Tensor),
  ),
  row(
    'AddN',
    fc.tuple(shapes(), fc.integer({ min: 1, max: 4 })).chain(([shape, count]) => {
      const all = (dtype: 'float32' | 'int32', values: fc.Arbitrary<number>) =>
        fc.array(tensorOf(shape, dtype, values), { minLength: count, maxLength: count });
      return fc
        .oneof(all('float32', summandsAndExtremes), all('int32', fc.integer({ min: -1e6, max: 1e6 })))
        .map((inputs) => ({ inputs }));
    }),
    (list) => tf.addN([...list]),
    sum,
  ),
];
