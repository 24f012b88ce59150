import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Input, tensorOf } from '../inputs';
import { type Arguments, type Row, row } from '../row';
import { largest, type Tolerance } from '../tolerance';
import { moderate, smallIntegers, summandsAndExtremes } from '../values';

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const side = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 6, max: 20 }) },
);

/** Batches on the left and on the right. cpu is wrong where each side repeats along another axis, or a side none times. */
const batches = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), fc.integer({ min: 0, max: 4 }))
  .map(([batch, form]): [number[], number[]] => {
    const ones = batch.map(() => 1);
    if (batch.includes(0)) return [batch, batch];
    if (form === 0) return [batch, []];
    if (form === 1) return [[], batch];
    if (form === 2) return [batch, ones];
    return form === 3 ? [ones, batch] : [batch, batch];
  });

const shaped = fc
  .tuple(batches, side, side, side, fc.boolean(), fc.boolean())
  .map(([[left, right], rows, inner, columns, transposeA, transposeB]) => ({
    a: [...left, ...(transposeA ? [inner, rows] : [rows, inner])],
    b: [...right, ...(transposeB ? [columns, inner] : [inner, columns])],
    columns,
    transposeA,
    transposeB,
  }));

const products: fc.Arbitrary<Arguments<Transposes>> = shaped.chain(({ a, b, transposeA, transposeB }) => {
  const floatPair = fc.tuple(tensorOf(a, 'float32', summandsAndExtremes), tensorOf(b, 'float32', summandsAndExtremes));
  const wholePair = fc.tuple(tensorOf(a, 'int32', smallIntegers), tensorOf(b, 'int32', smallIntegers));
  return fc
    .oneof({ weight: 4, arbitrary: floatPair }, { weight: 1, arbitrary: wholePair })
    .map((inputs) => ({ inputs, transposeA, transposeB }));
});

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const;

interface Fused extends Transposes {
  readonly activation: (typeof activations)[number];
  readonly alpha: number;
}

/** With a bias for each column, or one for all, and slopes for prelu likewise. */
const fused: fc.Arbitrary<Arguments<Fused>> = shaped.chain(({ a, b, columns, transposeA, transposeB }) => {
  const vector = fc.constantFrom([columns], [1]).chain((shape) => tensorOf(shape, 'float32', moderate(2)));
  return fc.record({
    inputs: fc.tuple(tensorOf(a, 'float32', moderate(3)), tensorOf(b, 'float32', moderate(3)), vector, vector),
    activation: fc.constantFrom(...activations),
    alpha: fc.constantFrom(0.1, 0.2, 0.5),
    transposeA: fc.constant(transposeA),
    transposeB: fc.constant(transposeB),
  });
});

const terms: Tolerance = {
  absolute: ([a, b]) => 1e-6 * largest(a as Input) * largest(b as Input) * Math.max(...(a as Input).shape) + 1e-6,
  because: 'terms of float32 sums cancel, and the order of addition differs',
};

export const matMulRows: readonly Row[] = [
  row(
    'BatchMatMul',
    products,
    ([a, b], { transposeA, transposeB }) => tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB),
    terms,
  ),
  row(
    '_FusedMatMul',
    fused,
    ([a, b, bias, slopes], { activation, alpha, ...transposes }) =>
      tf.fused.matMul({
        a: a as tf.Tensor,
        b: b as tf.Tensor,
        bias: bias as tf.Tensor,
        activation,
        ...(activation === 'prelu' ? { preluActivationWeights: slopes as tf.Tensor } : {}),
        leakyreluAlpha: alpha,
        transposeA: transposes.transposeA,
        transposeB: transposes.transposeB,
      }),
    { ...terms, relative: 3e-5 },
  ),
];
