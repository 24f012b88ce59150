import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { convolve, convolveBack, convolveWeights } from './convolve';
import { type KernelCall, kernel, type OneInput } from './kernel';
import { activate } from './matmul';
import * as op from './ops';
import { channelsFirst, channelsLast, type Window, windowOf } from './window';

export interface ConvolutionInputs extends OneInput {
  readonly filter: TensorInfo;
}

export interface FusedInputs extends ConvolutionInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

type Shape = [number, number, number, number];

/** Where TensorFlow.js keeps outputs and inputs in a filter: [...space, i, o], to ONNX [o, i, ...space]. */
const toOnnx = [3, 2, 0, 1];
const fromOnnx = [2, 3, 1, 0];

function informed(
  x: readonly number[],
  filter: readonly number[],
  attrs: Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'>,
  dilations: Conv2DAttrs['dilations'] = 1,
): backend_util.Conv2DInfo {
  const format = backend_util.convertConv2DDataFormat(attrs.dataFormat);
  const { strides, pad, dimRoundingMode } = attrs;
  return backend_util.computeConv2DInfo(
    [...x] as Shape,
    [...filter] as Shape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    format,
  );
}

/** A gradient with its channels first, and the window that it belongs to. What has no place in the output is cut off. */
export function gradientOf(dy: Value, info: backend_util.Conv2DInfo): { dy: Value; window: Window } {
  const images = toChannelsFirst(dy, info);
  const window = windowOf(info);
  const output = window.output.map((n, axis) => Math.min(n, images.shape[axis + 2] as number));
  const size = [...images.shape.slice(0, 2), ...output];
  return { dy: op.slice(images, [0, 0, 0, 0], size), window: { ...window, output } };
}

export function toChannelsFirst(x: Value, info: backend_util.Conv2DInfo): Value {
  return info.dataFormat === 'channelsLast' ? channelsFirst(x) : x;
}

export function fromChannelsFirst(x: Value, info: backend_util.Conv2DInfo): Value {
  return info.dataFormat === 'channelsLast' ? channelsLast(x) : x;
}

function convolution({ inputs, attrs, engine }: KernelCall<ConvolutionInputs, Conv2DAttrs>): Value {
  const info = informed(inputs.x.shape, inputs.filter.shape, attrs, attrs.dilations);
  const window = windowOf(info);
  const [x, filter] = [engine.value(inputs.x), engine.value(inputs.filter)];
  return op.orEmpty(info.outShape, x.type, () => {
    const images = toChannelsFirst(cast(x, 'float32'), info);
    const weights = op.transpose(cast(filter, 'float32'), toOnnx);
    return cast(fromChannelsFirst(convolve(images, weights, window), info), x.type);
  });
}

/** A result with the bias and the activation that are fused with it. */
export function finished<Attributes extends Pick<FusedConv2DAttrs, 'dataFormat' | 'activation' | 'leakyreluAlpha'>>(
  result: Value,
  { inputs, attrs, engine }: KernelCall<FusedInputs, Attributes>,
): Value {
  const { bias, preluActivationWeights: slopes } = inputs;
  // One number for each channel, wherever the channels are.
  const along = (tensor: TensorInfo) => {
    const value = engine.value(tensor);
    const first = attrs.dataFormat === 'NCHW' && value.shape.length === 1 && value.size !== 1;
    return first ? reshape(value, [value.size, 1, 1]) : value;
  };
  return op.orEmpty(result.shape, result.type, () => {
    const shifted = bias ? op.add(result, along(bias)) : result;
    const slope = () => (slopes ? along(slopes) : op.number(attrs.leakyreluAlpha ?? 0.2));
    return activate(shifted, attrs.activation, slope);
  });
}

export const convolutionKernels: readonly KernelConfig[] = [
  kernel<ConvolutionInputs, Conv2DAttrs>('Conv2D', (call) => call.engine.tensor(convolution(call))),
  kernel<FusedInputs, FusedConv2DAttrs>('FusedConv2D', (call) => call.engine.tensor(finished(convolution(call), call))),
  kernel<{ dy: TensorInfo; filter: TensorInfo }, Conv2DBackpropInputAttrs>(
    'Conv2DBackpropInput',
    ({ inputs, attrs, engine }) => {
      const info = informed(attrs.inputShape, inputs.filter.shape, attrs);
      const dy = cast(engine.value(inputs.dy), 'float32');
      const filter = cast(engine.value(inputs.filter), 'float32');
      return engine.tensor(
        op.orEmpty(info.inShape, 'float32', () => {
          const weights = op.transpose(filter, toOnnx);
          const gradient = gradientOf(dy, info);
          return fromChannelsFirst(convolveBack(gradient.dy, weights, gradient.window), info);
        }),
      );
    },
  ),
  kernel<{ x: TensorInfo; dy: TensorInfo }, Conv2DBackpropFilterAttrs>(
    'Conv2DBackpropFilter',
    ({ inputs, attrs, engine }) => {
      const info = informed(inputs.x.shape, attrs.filterShape, attrs);
      const [x, dy] = [cast(engine.value(inputs.x), 'float32'), cast(engine.value(inputs.dy), 'float32')];
      return engine.tensor(
        op.orEmpty(info.filterShape, 'float32', () => {
          const gradient = gradientOf(dy, info);
          return op.transpose(convolveWeights(toChannelsFirst(x, info), gradient.dy, gradient.window), fromOnnx);
        }),
      );
    },
  ),
];
