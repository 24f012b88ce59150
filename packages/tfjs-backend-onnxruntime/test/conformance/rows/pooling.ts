import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { tensorOf } from '../inputs';
import { type Arguments, type Row, row } from '../row';
import type { Tolerance } from '../tolerance';
import { finite, moderate } from '../values';
import { outputOf, solidWindows, type Windows } from './windows';

/** Images, and the gradients of what pooling makes of them. */
function calls(values: fc.Arbitrary<number>): fc.Arbitrary<Arguments<Windows>> {
  return solidWindows.chain((how) =>
    fc
      .tuple(tensorOf(how.image, 'float32', values), tensorOf(outputOf(how, 'pool'), 'float32', moderate()))
      .map((inputs) => ({ inputs, ...how })),
  );
}

type Pool = (x: tf.Tensor4D, how: Windows) => tf.Tensor4D;

const largest: Pool = (x, { window, strides, pad }) => tf.maxPool(x, window, strides, pad);
const average: Pool = (x, { window, strides, pad }) => tf.avgPool(x, window, strides, pad);

/** Equal numbers too: the gradient is that of the first. */
const fewKinds = fc.oneof(moderate(), fc.integer({ min: 0, max: 2 }));
const cancelled: Tolerance = { absolute: 1e-5, because: 'terms of float32 sums, of up to 10, cancel' };

function gradient(kernel: string, pool: Pool): Row {
  return row(
    kernel,
    calls(fewKinds),
    ([x, dy], how) => tf.grad((a) => pool(a as tf.Tensor4D, how))(x as tf.Tensor, dy as tf.Tensor),
    cancelled,
  );
}

export const poolingRows: readonly Row[] = [
  row('MaxPool', calls(fc.oneof(finite, fewKinds)), ([x], how) => largest(x as tf.Tensor4D, how)),
  row('AvgPool', calls(fewKinds), ([x], how) => average(x as tf.Tensor4D, how), cancelled),
  gradient('MaxPoolGrad', largest),
  gradient('AvgPoolGrad', average),
  row(
    'MaxPoolWithArgmax',
    fc
      .tuple(calls(fewKinds), fc.boolean())
      .map(([call, all]) => ({ ...call, all, pad: call.pad === 'valid' ? call.pad : ('same' as const) })),
    ([x], { window, strides, pad, all }) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, window, strides, pad, all);
      return [result as tf.Tensor, indexes as tf.Tensor];
    },
  ),
];
