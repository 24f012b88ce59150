import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Input, tensorOf } from '../inputs';
import { type Arguments, type Row, row } from '../row';
import { largest, type Tolerance } from '../tolerance';
import { moderate } from '../values';
import { outputOf, solidWindows, type Windows, windows } from './windows';

const float = (shape: readonly number[]) => tensorOf(shape, 'float32', moderate(5));
const upTo3 = fc.integer({ min: 1, max: 3 });

/** An image, a filter, and what has a number for each channel of the result. */
function calls(of: fc.Arbitrary<Windows>, depthwise: boolean, withGradient: boolean): fc.Arbitrary<Arguments<Windows>> {
  return fc.tuple(of, upTo3).chain(([how, last]) => {
    const channels = how.image[3];
    const output = outputOf(how, depthwise ? { multiplier: last } : { outputs: last });
    const more = withGradient ? [float(output)] : [float(output.slice(3)), float(output.slice(3))];
    return fc
      .tuple(float(how.image), float([...how.window, channels, last]), ...more)
      .map((inputs) => ({ inputs, ...how }));
  });
}

const terms: Tolerance = {
  absolute: ([x, filter, more]) =>
    1e-5 *
      Math.max(largest(x as Input), largest(more as Input)) *
      Math.max(largest(filter as Input), largest(more as Input)) +
    1e-6,
  because: 'terms of float32 sums cancel, and the order of addition differs',
};

type Convolve = (x: tf.Tensor4D, filter: tf.Tensor4D, how: Windows) => tf.Tensor4D;

const plain: Convolve = (x, filter, { strides, pad, dilation }) => tf.conv2d(x, filter, strides, pad, 'NHWC', dilation);
const byChannel: Convolve = (x, filter, { strides, pad, dilation }) =>
  tf.depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilation);

function forward(kernel: string, convolve: Convolve): Row {
  const depthwise = convolve === byChannel;
  return row(
    kernel,
    calls(windows, depthwise, false),
    ([x, filter], how) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D, how),
    terms,
  );
}

function backward(kernel: string, convolve: Convolve, place: 0 | 1): Row {
  const depthwise = convolve === byChannel;
  return row(
    kernel,
    calls(solidWindows, depthwise, true),
    ([x, filter, dy], how) => {
      const pull = tf.grads((a, b) => convolve(a as tf.Tensor4D, b as tf.Tensor4D, how));
      return pull([x as tf.Tensor, filter as tf.Tensor], dy)[place] as tf.Tensor;
    },
    terms,
  );
}

const activations = fc.constantFrom(...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const));

type FusedCall = Parameters<typeof tf.fused.conv2d>[0] & Parameters<typeof tf.fused.depthwiseConv2d>[0];

function fused(kernel: string, convolve: (call: FusedCall) => tf.Tensor, depthwise: boolean): Row {
  const all = fc
    .tuple(calls(windows, depthwise, false), activations)
    .map(([call, activation]) => ({ ...call, activation }));
  return row(
    kernel,
    all,
    ([x, filter, bias, slopes], { strides, pad, dilation, activation }) =>
      convolve({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides,
        pad,
        dilations: [dilation, dilation],
        bias: bias as tf.Tensor1D,
        activation,
        ...(activation === 'prelu' ? { preluActivationWeights: slopes as tf.Tensor } : {}),
        leakyreluAlpha: 0.3,
      }),
    terms,
  );
}

export const convolutionRows: readonly Row[] = [
  forward('Conv2D', plain),
  forward('DepthwiseConv2dNative', byChannel),
  fused('FusedConv2D', (call) => tf.fused.conv2d(call), false),
  fused('FusedDepthwiseConv2D', (call) => tf.fused.depthwiseConv2d(call), true),
  backward('Conv2DBackpropInput', plain, 0),
  backward('Conv2DBackpropFilter', plain, 1),
  backward('DepthwiseConv2dNativeBackpropInput', byChannel, 0),
  backward('DepthwiseConv2dNativeBackpropFilter', byChannel, 1),
];
