import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Dtype, tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { shapes, withAxis } from '../shapes';
import { largest, sum, type Tolerance } from '../tolerance';
import { booleans, factors, finite, smallIntegers, summandsAndExtremes } from '../values';

type Scan = (x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) => tf.Tensor;

function scan(
  kernel: string,
  elements: Partial<Record<Dtype, fc.Arbitrary<number>>>,
  compute: Scan,
  tolerance: Tolerance,
): Row {
  const calls = withAxis(shapes(1)).chain(({ shape, axis }) =>
    fc.record({
      inputs: fc
        .oneof(...Object.entries(elements).map(([dtype, values]) => tensorOf(shape, dtype as Dtype, values)))
        .map((x) => [x]),
      axis: fc.constant(axis),
      exclusive: fc.boolean(),
      reverse: fc.boolean(),
    }),
  );
  return row(
    kernel,
    calls,
    ([x], { axis, exclusive, reverse }) => {
      const tensor = x as tf.Tensor;
      // cpu loses its way where the axis is counted from the end.
      const place = tf.getBackend() === 'cpu' ? (axis + tensor.rank) % tensor.rank : axis;
      return compute(tensor, place, exclusive, reverse);
    },
    tolerance,
  );
}

/** Lists in order, in rows, and values to find in each. */
const searches = fc
  .record({
    rows: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 8 }),
    count: fc.integer({ min: 1, max: 5 }),
    side: fc.constantFrom('left' as const, 'right' as const),
  })
  .chain(({ rows, length, count, side }) => {
    const values = fc.oneof(finite, fc.integer({ min: -3, max: 3 }));
    return fc
      .tuple(tensorOf([rows, length], 'float32', values), tensorOf([rows, count], 'float32', values))
      .map(([list, wanted]) => {
        const order = Float32Array.from(list.values);
        for (let r = 0; r < rows; r++) order.subarray(r * length, (r + 1) * length).sort();
        return { inputs: [{ ...list, values: [...order] }, wanted], side };
      });
  });

/** Products, traces of products, outer products and sums, as many as TensorFlow.js can write. */
const equations = [
  'i,i->',
  'i,j->ij',
  'ij->ji',
  'ij->',
  'ij->j',
  'ij,j->i',
  'ij,jk->ik',
  'ij, kj -> ik',
  'ij,ij->ij',
  'ij,ij->i',
  'bij,bjk->bik',
  'bij,bkj->bki',
  'abc,cd->abd',
  'bhqd,bhkd->bhqk',
  'bqhd,bkhd->bhqk',
  'ijk,jk->i',
];

const einsums = fc
  .tuple(
    fc.constantFrom(...equations),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 11, maxLength: 11 }),
    fc.boolean(),
  )
  .chain(([equation, sizes, whole]) => {
    const shapeOf = (term: string) => [...term.trim()].map((letter) => sizes['abcdhijkqn'.indexOf(letter)] as number);
    const terms = (equation.split('->')[0] as string).split(',');
    const input = (term: string) =>
      whole ? tensorOf(shapeOf(term), 'int32', smallIntegers) : tensorOf(shapeOf(term), 'float32', summandsAndExtremes);
    return fc.tuple(...terms.map(input)).map((inputs) => ({ inputs, equation }));
  });

export const scanRows: readonly Row[] = [
  scan(
    'Cumsum',
    { float32: summandsAndExtremes, int32: fc.integer({ min: -1e6, max: 1e6 }), bool: booleans },
    tf.cumsum,
    sum,
  ),
  scan('Cumprod', { float32: factors, int32: fc.constantFrom(0, 1, -1), bool: booleans }, tf.cumprod, {
    relative: 5e-5,
    because: '70 factors, in another order',
  }),
  row('SearchSorted', searches, ([list, values], { side }) =>
    tf.searchSorted(list as tf.Tensor, values as tf.Tensor, side),
  ),
  row('Einsum', einsums, (list, { equation }) => tf.einsum(equation, ...list), {
    absolute: (inputs) => 1e-6 * 64 * inputs.reduce((product, x) => product * largest(x), 1),
    because: 'terms of float32 sums cancel, and the order of addition differs',
  }),
];
