import { backend_util } from '@tensorflow/tfjs';
import * as fc from 'fast-check';

/** How a window moves over images, with an image and a window that it fits. */
export interface Windows {
  readonly image: [number, number, number, number];
  readonly window: [number, number];
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilation: number;
}

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Strides or dilations, but not both; no padding as wide as the window, where a result would be of padding alone. */
export const windows: fc.Arbitrary<Windows> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    size: pair(3, 7),
    channels: fc.integer({ min: 1, max: 3 }),
    window: pair(1, 3),
    strides: pair(1, 3),
    pad: fc.constantFrom<Windows['pad'][]>('valid', 'same', 0, 1),
    dilation: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ batch, size, channels, window: [height, width], strides: [down, right], pad, dilation }) => {
    // With a number for padding, TensorFlow.js moves the window right as far as down, and takes it for a square.
    const square = typeof pad === 'number';
    const strides: [number, number] = dilation > 1 ? [1, 1] : [down, square ? down : right];
    return {
      image: [batch, ...size, channels] as [number, number, number, number],
      window: [height, square ? height : width] as [number, number],
      strides,
      pad: pad === 1 && height === 1 ? 0 : pad,
      dilation,
    };
  })
  .filter(({ image, window, dilation }) => window.every((n, axis) => dilation * (n - 1) < (image[axis + 1] as number)));

/** TensorFlow.js has no gradients of windows with holes. */
export const solidWindows = windows.filter(({ dilation }) => dilation === 1);

/** The shape of what a convolution makes of the images, or, without a filter, pooling. */
export function outputOf(
  { image, window, strides, pad, dilation }: Windows,
  filter: 'pool' | { outputs: number } | { multiplier: number },
): [number, number, number, number] {
  if (filter === 'pool') return backend_util.computePool2DInfo(image, window, strides, dilation, pad).outShape;
  const depthwise = 'multiplier' in filter;
  const last = depthwise ? filter.multiplier : filter.outputs;
  const shape: [number, number, number, number] = [...window, image[3], last];
  return backend_util.computeConv2DInfo(image, shape, strides, dilation, pad, undefined, depthwise).outShape;
}
