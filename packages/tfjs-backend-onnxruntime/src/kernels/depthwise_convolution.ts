import {
  backend_util,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type FusedDepthwiseConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import {
  type ConvolutionInputs,
  type FusedInputs,
  finished,
  fromChannelsFirst,
  gradientOf,
  toChannelsFirst,
} from './convolution';
import { convolve, convolveBack, convolveWeights } from './convolve';
import { type KernelCall, kernel } from './kernel';
import * as op from './ops';
import { windowOf } from './window';

type Shape = [number, number, number, number];

function informed(
  x: readonly number[],
  filter: readonly number[],
  attrs: Omit<DepthwiseConv2dNativeAttrs, 'dataFormat'> & { readonly dataFormat?: 'NHWC' | 'NCHW' },
): backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = attrs;
  const dilations = attrs.dilations ?? [1, 1];
  util.assert(
    backend_util.eitherStridesOrDilationsAreOne(strides, dilations),
    () =>
      `Error in depthwiseConv2d: Either strides or dilations must be 1. Got strides ${strides} and dilations ` +
      `'${dilations}'`,
  );
  const format = backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC');
  return backend_util.computeConv2DInfo(
    [...x] as Shape,
    [...filter] as Shape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
    format,
  );
}

/** Every channel is a group of its own with `multiplier` outputs: [...space, i, multiplier] becomes [o, 1, ...space]. */
function weightsOf(filter: Value): Value {
  const [height, width, inputs, multiplier] = filter.shape as Shape;
  return reshape(op.transpose(filter, [2, 3, 0, 1]), [inputs * multiplier, 1, height, width]);
}

function filterOf(weights: Value, [height, width, inputs, multiplier]: Shape): Value {
  return op.transpose(reshape(weights, [inputs, multiplier, height, width]), [2, 3, 0, 1]);
}

function convolution({ inputs, attrs, engine }: KernelCall<ConvolutionInputs, DepthwiseConv2dNativeAttrs>): Value {
  const info = informed(inputs.x.shape, inputs.filter.shape, attrs);
  const window = windowOf(info);
  const [x, filter] = [engine.value(inputs.x), engine.value(inputs.filter)];
  return op.orEmpty(info.outShape, x.type, () => {
    const images = toChannelsFirst(cast(x, 'float32'), info);
    const result = convolve(images, weightsOf(cast(filter, 'float32')), window, info.inChannels);
    return cast(fromChannelsFirst(result, info), x.type);
  });
}

export const depthwiseConvolutionKernels: readonly KernelConfig[] = [
  kernel<ConvolutionInputs, DepthwiseConv2dNativeAttrs>('DepthwiseConv2dNative', (call) =>
    call.engine.tensor(convolution(call)),
  ),
  kernel<FusedInputs, FusedDepthwiseConv2DAttrs>('FusedDepthwiseConv2D', (call) =>
    call.engine.tensor(finished(convolution(call), call)),
  ),
  kernel<{ dy: TensorInfo; filter: TensorInfo }, DepthwiseConv2dNativeBackpropInputAttrs>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ inputs, attrs, engine }) => {
      const info = informed(attrs.inputShape, inputs.filter.shape, attrs);
      const dy = cast(engine.value(inputs.dy), 'float32');
      const filter = cast(engine.value(inputs.filter), 'float32');
      return engine.tensor(
        op.orEmpty(info.inShape, 'float32', () => {
          const gradient = gradientOf(dy, info);
          const dx = convolveBack(gradient.dy, weightsOf(filter), gradient.window, info.inChannels);
          return fromChannelsFirst(dx, info);
        }),
      );
    },
  ),
  kernel<{ x: TensorInfo; dy: TensorInfo }, DepthwiseConv2dNativeBackpropFilterAttrs>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ inputs, attrs, engine }) => {
      const info = informed(inputs.x.shape, attrs.filterShape, attrs);
      const [x, dy] = [cast(engine.value(inputs.x), 'float32'), cast(engine.value(inputs.dy), 'float32')];
      return engine.tensor(
        op.orEmpty(info.filterShape, 'float32', () => {
          const gradient = gradientOf(dy, info);
          const images = toChannelsFirst(x, info);
          const weights = convolveWeights(images, gradient.dy, gradient.window, info.inChannels);
          return filterOf(weights, attrs.filterShape);
        }),
      );
    },
  ),
];
