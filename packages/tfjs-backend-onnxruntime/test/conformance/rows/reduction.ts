import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Dtype, type Input, tensorOf } from '../inputs';
import { type Arguments, type Row, row } from '../row';
import { type AxesCall, bounded, shapes, withAxes, withAxis } from '../shapes';
import { sum, type Tolerance } from '../tolerance';
import { booleans, extremes, factors, floats, integers, summandsAndExtremes } from '../values';

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

type Elements = Partial<Record<Dtype, fc.Arbitrary<number>>>;

/** Reductions of at least one number each. */
const ofSome = withAxes(shapes()).filter(({ shape, axis }) =>
  (axis ?? shape.map((_, i) => i)).every((place) => shape.at(place) !== 0),
);

/** A reduction of each kind of tensor, over every combination of axes. */
function reduction(
  kernel: string,
  elements: Elements,
  reduce: Reduce,
  tolerance?: Tolerance,
  of: fc.Arbitrary<AxesCall> = withAxes(shapes()),
): Row {
  const calls = of.chain(({ shape, axis, keepDims }) => {
    const inputs = Object.entries(elements).map(([dtype, values]) => tensorOf(shape, dtype as Dtype, values));
    return fc
      .oneof(...inputs)
      .map((x): Arguments<{ axis?: number[]; keepDims: boolean }> => ({ inputs: [x], axis, keepDims }));
  });
  return row(kernel, calls, ([x], { axis, keepDims }) => reduce(x as tf.Tensor, axis, keepDims), tolerance);
}

/** The place of the largest or smallest along one axis. */
function argument(kernel: string, find: (x: tf.Tensor, axis: number) => tf.Tensor): Row {
  const calls = withAxis(shapes(1)).chain(({ shape, axis }) =>
    fc
      .oneof(
        tensorOf(shape, 'float32', floats),
        tensorOf(shape, 'float32', fc.constantFrom(-2, -1, 0, 1, 2, Number.NaN, Number.NEGATIVE_INFINITY)),
        tensorOf(shape, 'int32', integers),
        tensorOf(shape, 'bool', booleans),
      )
      .map((x) => ({ inputs: [numberFirst(x, axis)], axis })),
  );
  return row(kernel, calls, ([x], { axis }) => find(x as tf.Tensor, axis));
}

/** Not-a-numbers are passed over, except that cpu never looks past one that comes first. */
function numberFirst(x: Input, axis: number): Input {
  const inner = x.shape.slice(axis < 0 ? x.shape.length + axis : axis).reduce((n, d) => n * d, 1);
  const width = inner / (x.shape.at(axis) as number);
  return { ...x, values: x.values.map((v, i) => (i % inner < width && Number.isNaN(v) ? 0 : v)) };
}

const shares: Tolerance = {
  absolute: 1e-6,
  because: 'exponents, rounded to float32, are off by up to 1e-6 of a share',
};

/** Along the last axis. Exponents of more than 1e4 would be off by more than the tolerance once they are rounded. */
const logits = shapes(1).chain((shape) =>
  tensorOf(
    shape,
    'float32',
    fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: -2e7, max: 2e7 }).map((n) => Math.fround(n / 1e6)) },
      { weight: 1, arbitrary: extremes },
    ),
  ).map((x) => ({ inputs: [x] })),
);

export const reductionRows: readonly Row[] = [
  reduction(
    'Sum',
    { float32: summandsAndExtremes, int32: fc.integer({ min: -1e6, max: 1e6 }), bool: booleans },
    tf.sum,
    sum,
  ),
  // The mean of none is NaN to TensorFlow, and 0 to cpu.
  reduction(
    'Mean',
    { float32: summandsAndExtremes, int32: fc.integer({ min: -1e4, max: 1e4 }), bool: booleans },
    tf.mean,
    sum,
    ofSome,
  ),
  reduction('Prod', { float32: factors }, tf.prod, { relative: 5e-5, because: '160 factors, each rounded to float32' }),
  // The largest of none is -Infinity to TensorFlow, and NaN to cpu.
  reduction('Max', { float32: floats, int32: integers }, tf.max, {}, ofSome),
  reduction('Min', { float32: floats, int32: integers }, tf.min, {}, ofSome),
  // All of none is true to TensorFlow, and false to cpu.
  reduction('All', { bool: fc.integer({ min: 0, max: 9 }).map((n) => (n === 0 ? 0 : 1)) }, tf.all, {}, ofSome),
  reduction('Any', { bool: fc.integer({ min: 0, max: 9 }).map((n) => (n === 0 ? 1 : 0)) }, tf.any),
  argument('ArgMax', tf.argMax),
  argument('ArgMin', tf.argMin),
  row('Softmax', logits, ([x]) => tf.softmax(x as tf.Tensor), shares),
  row(
    'LogSoftmax',
    logits,
    ([x]) =>
      // tf.logSoftmax is put together of other kernels, and cpu has none of this name.
      tf.getBackend() === 'cpu'
        ? tf.logSoftmax(x as tf.Tensor)
        : (tf.engine().runKernel('LogSoftmax', { logits: x as tf.Tensor }, { axis: -1 }) as tf.Tensor),
    shares,
  ),
  // Products of whole numbers that stay within int32.
  reduction(
    'Prod',
    { int32: fc.constantFrom(1, -1, 2, -2, 0), bool: booleans },
    tf.prod,
    {},
    withAxes(shapes().map((shape) => bounded(shape, 24))),
  ),
];
