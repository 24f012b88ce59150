import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { floats } from '../values';

/** Places, of which later ones override earlier ones, and numbers for them: one for each or one for all. */
const sparse = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    count: fc.integer({ min: 1, max: 5 }),
    dtype: fc.constantFrom('float32' as const, 'int32' as const),
    single: fc.boolean(),
  })
  .chain(({ shape, count, dtype, single }) => {
    const values = dtype === 'float32' ? floats : fc.integer({ min: -99, max: 99 });
    const place = fc.tuple(...shape.map((n) => fc.integer({ min: 0, max: n - 1 })));
    return fc
      .tuple(
        fc.array(place, { minLength: count, maxLength: count }),
        tensorOf([count, shape.length], 'int32', fc.constant(0)),
        tensorOf(single ? [] : [count], dtype, values),
        tensorOf([], dtype, values),
      )
      .map(([places, indices, list, fallback]) => ({
        inputs: [{ ...indices, values: places.flat() }, list, fallback],
        shape,
      }));
  });

export const sparseRows: readonly Row[] = [
  row('SparseToDense', sparse, ([indices, values, fallback], { shape }) =>
    tf.sparseToDense(indices as tf.Tensor2D, values as tf.Tensor1D, shape as never, fallback as tf.Scalar),
  ),
];
