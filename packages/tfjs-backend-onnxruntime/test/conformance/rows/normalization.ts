import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { tensorOf } from '../inputs';
import { type Row, row } from '../row';
import { fullShapes } from '../shapes';
import type { Tolerance } from '../tolerance';
import { moderate } from '../values';

const cancelled: Tolerance = {
  relative: 3e-5,
  absolute: 1e-4,
  because: 'differences of numbers of up to 10 cancel, and are multiplied by up to 30',
};

/** One of each statistic for every channel, or the whole shape of them. */
const normalized = fullShapes(2, 4).chain((shape) =>
  fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()).chain(([whole, scaled, moved]) => {
    const each = whole ? shape : shape.slice(-1);
    const positive = fc.integer({ min: 0, max: 9000 }).map((n) => Math.fround(n / 1000));
    return fc
      .tuple(
        tensorOf(shape, 'float32', moderate()),
        tensorOf(each, 'float32', moderate(2)),
        tensorOf(each, 'float32', positive),
        tensorOf(each, 'float32', moderate(2)),
        tensorOf(each, 'float32', moderate(2)),
      )
      .map((inputs) => ({ inputs, scaled, moved }));
  }),
);

const local = fullShapes(4, 4).chain((shape) =>
  fc.record({
    inputs: fc.tuple(tensorOf(shape, 'float32', moderate()), tensorOf(shape, 'float32', moderate())),
    radius: fc.integer({ min: 0, max: 3 }),
    bias: fc.constantFrom(1, 2),
    alpha: fc.constantFrom(0.1, 1),
    beta: fc.constantFrom(0.5, 0.75, 1),
  }),
);

/** Numbers some of which are too large to be counted, with weights or without. */
const counted = fc
  .record({
    rank: fc.integer({ min: 1, max: 2 }),
    rows: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 8 }),
    weighted: fc.boolean(),
    size: fc.integer({ min: 1, max: 5 }),
    binary: fc.boolean(),
  })
  .chain(({ rank, rows, count, weighted, size, binary }) => {
    const shape = rank === 1 ? [count] : [rows, count];
    const weights = fc.oneof(
      tensorOf(weighted ? shape : [0], 'float32', moderate()),
      tensorOf(weighted ? shape : [0], 'int32', fc.integer({ min: -9, max: 9 })),
    );
    return fc
      .tuple(tensorOf(shape, 'int32', fc.integer({ min: 0, max: 6 })), weights)
      .map((inputs) => ({ inputs, size, binary }));
  });

const sums: Tolerance = { absolute: 1e-5, because: 'terms of float32 sums, of up to 10, cancel' };

export const normalizationRows: readonly Row[] = [
  row(
    'FusedBatchNorm',
    normalized,
    ([x, mean, variance, offset, scale], { scaled, moved }) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        moved ? (offset as tf.Tensor1D) : undefined,
        scaled ? (scale as tf.Tensor1D) : undefined,
      ),
    cancelled,
  ),
  row('LRN', local, ([x], { radius, bias, alpha, beta }) =>
    tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta),
  ),
  row(
    'LRNGrad',
    local,
    ([x, dy], { radius, bias, alpha, beta }) =>
      tf.grad((a) => tf.localResponseNormalization(a as tf.Tensor4D, radius, bias, alpha, beta))(
        x as tf.Tensor,
        dy as tf.Tensor,
      ),
    cancelled,
  ),
  row(
    'Bincount',
    counted.filter(({ inputs }) => inputs[0].shape.length === 1),
    ([x, weights], { size }) => tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, size),
    sums,
  ),
  row(
    'DenseBincount',
    counted,
    ([x, weights], { size, binary }) => tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size, binary),
    sums,
  ),
];
