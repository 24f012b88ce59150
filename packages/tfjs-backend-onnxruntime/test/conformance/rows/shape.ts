import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { anyBoolean, anyFloat, anyInteger, anyOf, anyTensor, tensorOf, tensors } from '../inputs';
import { type Row, row, unary } from '../row';
import { shapes } from '../shapes';
import { extremes, floats, moderate } from '../values';

/** Another shape of as many numbers, one of which may be left open. */
const reshapes = anyTensor.chain((x) => {
  const size = x.values.length;
  const divisors = [1, 2, 3, 4, 5, 6].filter((d) => size % d === 0);
  return fc.tuple(fc.constantFrom(...divisors), fc.boolean(), fc.boolean()).map(([d, open, swap]) => {
    const rest = size / d;
    const list = [d, open && size > 0 ? -1 : rest];
    return { inputs: [x], shape: swap ? list.reverse() : list };
  });
});

const transposes = shapes().chain((shape) => {
  const axes = shape.map((_, axis) => axis);
  return fc
    .tuple(anyOf(shape), fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }))
    .map(([x, perm]) => ({ inputs: [x], perm }));
});

/** Floats past int32 are wrapped in JavaScript, and cut off elsewhere. */
const castable = fc.oneof(tensors('float32', fc.oneof(moderate(1000), extremes)), anyInteger, anyBoolean);

const depths = fc
  .record({
    block: fc.integer({ min: 2, max: 3 }),
    batch: fc.integer({ min: 0, max: 2 }),
    height: fc.integer({ min: 1, max: 3 }),
    width: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 2 }),
  })
  .chain(({ block, batch, height, width, channels }) =>
    tensorOf([batch, height, width, channels * block * block], 'float32', floats).map((x) => ({ inputs: [x], block })),
  );

export const shapeRows: readonly Row[] = [
  unary('Identity', anyTensor, tf.clone),
  unary('OnesLike', anyTensor, tf.onesLike),
  unary('ZerosLike', anyTensor, tf.zerosLike),
  row('Reshape', reshapes, ([x], { shape }) => tf.reshape(x as tf.Tensor, shape)),
  row(
    'ExpandDims',
    shapes(0, 4).chain((shape) =>
      fc
        .tuple(anyOf(shape), fc.integer({ min: -shape.length - 1, max: shape.length }))
        .map(([x, axis]) => ({ inputs: [x], axis })),
    ),
    ([x], { axis }) => tf.expandDims(x as tf.Tensor, axis),
  ),
  row('Transpose', transposes, ([x], { perm }) => tf.transpose(x as tf.Tensor, perm)),
  row(
    'Cast',
    fc
      .tuple(castable, fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const))
      .map(([x, dtype]) => ({ inputs: [x], dtype })),
    ([x], { dtype }) => tf.cast(x as tf.Tensor, dtype),
  ),
  row('DepthToSpace', depths, ([x], { block }) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC')),
  unary('Diag', fc.oneof(...[anyFloat, anyInteger, anyBoolean].map((any) => any.map(fewer))), tf.diag),
];

/** A matrix of all pairs is as large as their number squared. */
function fewer<T extends { readonly values: readonly number[]; readonly shape: readonly number[] }>(x: T): T {
  if (x.values.length <= 12) return x;
  return { ...x, shape: [12], values: x.values.slice(0, 12) };
}
