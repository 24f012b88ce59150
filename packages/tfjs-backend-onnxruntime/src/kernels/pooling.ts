import {
  backend_util,
  type KernelConfig,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type MaxPoolWithArgmaxAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';
import { average, averageBack, largest, largestBack, placesOfLargest } from './pool';
import { channelsFirst, channelsLast, type Window, windowOf } from './window';

function informed(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs) {
  const shape = [...x.shape] as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function pooling(name: 'MaxPool' | 'AvgPool', pool: (images: Value, window: Window) => Value): KernelConfig {
  return kernel<OneInput, MaxPoolAttrs>(name, ({ inputs, attrs, engine }) => {
    const info = informed(inputs.x, attrs);
    const window = windowOf(info);
    const { filterHeight, filterWidth, inShape, outShape } = info;
    const single = filterHeight === 1 && filterWidth === 1;
    if (single && inShape.every((n, axis) => n === outShape[axis])) return engine.share(inputs.x, inShape);
    const x = engine.value(inputs.x);
    return engine.tensor(op.orEmpty(outShape, x.type, () => channelsLast(pool(channelsFirst(x), window))));
  });
}

function poolingGradient(
  name: 'MaxPoolGrad' | 'AvgPoolGrad',
  gradient: (dy: Value, images: Value, window: Window) => Value,
): KernelConfig {
  return kernel<{ dy: TensorInfo; input: TensorInfo }, MaxPoolGradAttrs>(name, ({ inputs, attrs, engine }) => {
    const [x, dy] = [engine.value(inputs.input), cast(engine.value(inputs.dy), 'float32')];
    // TensorFlow.js does not hand over how the size of the output was rounded, but here it is.
    const window = { ...windowOf(informed(inputs.input, attrs)), output: dy.shape.slice(1, 3) };
    return engine.tensor(
      op.orEmpty(x.shape, 'float32', () => channelsLast(gradient(channelsFirst(dy), channelsFirst(x), window))),
    );
  });
}

/**
 * Where the largest numbers are, as places in images with the channels last: each in its own image, or in all of them.
 *
 * @param images with the channels first
 */
function placesChannelsLast(images: Value, window: Window, inAll: boolean): Value {
  const [batch, channels, height, width] = images.shape as [number, number, number, number];
  const { x, places, sides } = placesOfLargest(images, window);
  const [rows, columns] = x.shape.slice(2) as [number, number];
  const whole = (n: number) => op.like(places, n);
  const remainder = (a: Value, n: number) => op.binaryWith('Mod', a, whole(n), { fmod: 0 });
  const position = remainder(places, rows * columns);
  const row = op.sub(op.div(position, whole(columns)), whole(sides[0]?.[0] ?? 0));
  const column = op.sub(remainder(position, columns), whole(sides[1]?.[0] ?? 0));
  const pixel = op.add(op.mul(row, whole(width)), column);
  const inImage = op.add(op.mul(pixel, whole(channels)), reshape(op.rangeTo(channels), [1, channels, 1, 1]));
  const first = op.mul(reshape(op.rangeTo(batch), [batch, 1, 1, 1]), whole(height * width * channels));
  return op.where(op.less(places, whole(0)), places, inAll ? op.add(inImage, first) : inImage);
}

export const poolingKernels: readonly KernelConfig[] = [
  pooling('MaxPool', largest),
  pooling('AvgPool', (x, window) => op.inFloat(x, (images) => average(images, window))),
  kernel<OneInput, MaxPoolWithArgmaxAttrs>('MaxPoolWithArgmax', ({ inputs, attrs, engine }) => {
    const rank = inputs.x.shape.length;
    util.assert(rank === 4, () => `Error in maxPoolWithArgmax: x must be rank 4 but got rank ${rank}.`);
    const info = informed(inputs.x, attrs);
    const window = windowOf(info);
    const x = engine.value(inputs.x);
    const images = () => channelsFirst(x);
    const places = () => placesChannelsLast(images(), window, attrs.includeBatchInIndex);
    return [
      engine.tensor(op.orEmpty(info.outShape, x.type, () => channelsLast(largest(images(), window)))),
      engine.tensor(op.orEmpty(info.outShape, 'int32', () => channelsLast(places()))),
    ];
  }),
  poolingGradient('MaxPoolGrad', largestBack),
  poolingGradient('AvgPoolGrad', (dy, _, window) => averageBack(dy, window)),
];
