import * as tf from '@tensorflow/tfjs';
import { alike, between, binary, fixed, positive, reduced, typical, unary } from './gradient_rows';
import type { Row } from './row';

const fromStart = (axis: number[] | undefined, rank: number) => axis?.map((place) => (place + rank) % rank);

const places = () => tf.tensor1d([3, 0, 1, 0, 2, 1], 'int32');

/** Programs whose gradients are held against the reference's. */
export const gradients: readonly Row[] = [
  unary('abs', tf.abs),
  unary('asinh', tf.asinh),
  unary('atan', tf.atan),
  unary('clipByValue', (x) => tf.clipByValue(x as tf.Tensor, -1, 2)),
  unary('cos', tf.cos),
  unary('cosh', tf.cosh),
  unary('elu', tf.elu),
  unary('erf', tf.erf),
  unary('exp', tf.exp),
  unary('expm1', tf.expm1),
  unary('leakyRelu', (x) => tf.leakyRelu(x as tf.Tensor)),
  unary('log', tf.log, positive),
  unary('log1p', tf.log1p, positive),
  unary('logSigmoid', tf.logSigmoid),
  unary('neg', tf.neg),
  unary('reciprocal', tf.reciprocal, positive),
  unary('relu', tf.relu),
  unary('relu6', tf.relu6),
  unary('rsqrt', tf.rsqrt, positive),
  unary('selu', tf.selu),
  unary('sigmoid', tf.sigmoid),
  unary('sin', tf.sin),
  unary('sinh', tf.sinh),
  unary('softplus', tf.softplus),
  unary('sqrt', tf.sqrt, positive),
  unary('square', tf.square),
  unary('tan', tf.tan, between(-1, 1)),
  unary('tanh', tf.tanh),
  binary('add', tf.add),
  binary('atan2', tf.atan2, positive),
  binary('div', tf.div, typical, positive),
  alike('maximum', tf.maximum),
  alike('minimum', tf.minimum),
  binary('mul', tf.mul),
  binary('pow', tf.pow, positive, between(-2, 2)),
  alike('prelu', (x, alpha) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor)),
  alike('squaredDifference', tf.squaredDifference),
  binary('sub', tf.sub),
  binary('where', (a, b) => tf.where(tf.scalar(true, 'bool'), a as tf.Tensor, b as tf.Tensor)),
  reduced('sum', tf.sum),
  reduced('mean', tf.mean),
  reduced('max', tf.max),
  reduced('min', tf.min),
  // TensorFlow.js takes no gradient along an axis that is counted from the end.
  reduced('prod', (x, axis, keepDims) => tf.prod(x, fromStart(axis, x.rank), keepDims), between(0.5, 1.5)),
  reduced('logSumExp', tf.logSumExp),
  fixed('cumsum', [[3, 4]], (x) => tf.cumsum(x as tf.Tensor, 1, true)),
  fixed('softmax', [[3, 5]], (x) => tf.softmax(x as tf.Tensor)),
  fixed('logSoftmax', [[3, 5]], (x) => tf.logSoftmax(x as tf.Tensor)),
  fixed(
    'matMul',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor),
  ),
  fixed(
    'matMul transposed',
    [
      [4, 3],
      [5, 4],
    ],
    (a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor, true, true),
  ),
  fixed('fused.matMul', [[3, 4], [4, 5], [5]], (a, b, bias) =>
    tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias as tf.Tensor, activation: 'relu' }),
  ),
  fixed(
    'addN',
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    (...list) => tf.addN(list),
  ),
  fixed(
    'concat',
    [
      [2, 3],
      [2, 1],
    ],
    (a, b) => tf.concat([a as tf.Tensor, b as tf.Tensor], 1),
  ),
  fixed(
    'stack',
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => tf.stack([a as tf.Tensor, b as tf.Tensor], 1),
  ),
  fixed('unstack', [[3, 2]], (x) => tf.sub(...(tf.unstack(x as tf.Tensor, 1) as [tf.Tensor, tf.Tensor]))),
  fixed('split', [[4, 6]], (x) => tf.mul(...(tf.split(x as tf.Tensor, 2, 1) as [tf.Tensor, tf.Tensor]))),
  fixed('slice', [[4, 5]], (x) => tf.slice(x as tf.Tensor, [1, 2], [2, 3])),
  fixed('pad', [[2, 3]], (x) =>
    tf.pad(x as tf.Tensor, [
      [1, 0],
      [2, 1],
    ]),
  ),
  fixed('tile', [[2, 3]], (x) => tf.tile(x as tf.Tensor, [2, 3])),
  fixed('reverse', [[2, 3]], (x) => tf.reverse(x as tf.Tensor, [1])),
  fixed('transpose', [[2, 3, 4]], (x) => tf.transpose(x as tf.Tensor, [2, 0, 1])),
  fixed('reshape', [[2, 3]], (x) => tf.reshape(x as tf.Tensor, [3, 2])),
  fixed('expandDims', [[2, 3]], (x) => tf.expandDims(x as tf.Tensor, 1)),
  fixed('gather', [[4, 3]], (x) => tf.gather(x as tf.Tensor, places())),
  fixed('gather along an axis', [[2, 4, 3]], (x) => tf.gather(x as tf.Tensor, places(), 1)),
  fixed('unsortedSegmentSum', [[6, 2]], (x) => tf.unsortedSegmentSum(x as tf.Tensor, places(), 4)),
  // A lookup used twice, whose gradients stay sparse until they are added up.
  fixed('a table looked up twice', [[4, 3]], (x) => {
    const found = tf.gather(x as tf.Tensor, places());
    return tf.mul(found, tf.gather(x as tf.Tensor, tf.reverse(places())));
  }),
  fixed('layer normalization', [[3, 6], [6], [6]], (x, scale, offset) => {
    const { mean, variance } = tf.moments(x as tf.Tensor, 1, true);
    const normal = tf.mul(tf.sub(x as tf.Tensor, mean), tf.rsqrt(tf.add(variance, 0.1)));
    return tf.add(tf.mul(normal, scale as tf.Tensor), offset as tf.Tensor);
  }),
  fixed(
    'attention',
    [
      [2, 4, 3],
      [2, 4, 3],
      [2, 4, 3],
    ],
    (q, k, v) => {
      const scores = tf.matMul(q as tf.Tensor, k as tf.Tensor, false, true);
      return tf.matMul(tf.softmax(tf.mul(scores, 0.5)), v as tf.Tensor);
    },
  ),
];
