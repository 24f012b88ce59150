import { type backend_util, util } from '@tensorflow/tfjs-core';
import type { Value } from '../graph/value';
import type { Attributes } from '../onnx/model';
import * as op from './ops';

// ONNX convolves and pools [batch, channels, ...space], TensorFlow.js mostly [batch, ...space, channels].

/** How a filter moves over an input: one number for each axis of space. */
export interface Window {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly filter: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding in front of the first number. */
  readonly before: readonly number[];
}

/** @throws Error where the filter is larger than the input and its padding */
export function windowOf(info: backend_util.Conv2DInfo): Window {
  util.assert(
    info.outHeight >= 0 && info.outWidth >= 0,
    () =>
      `A filter that spans ${info.effectiveFilterHeight} x ${info.effectiveFilterWidth} does not fit into an input of ` +
      `${info.inHeight} x ${info.inWidth}: pad the input, or dilate the filter less.`,
  );
  return {
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    filter: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
  };
}

/**
 * How far the last filter reaches beyond the input; where it ends before, a negative number. TensorFlow.js rounds the
 * size of an output as it is asked to, so the padding at the end follows from that size and not the other way round.
 */
export function overhang({ input, output, filter, strides, dilations, before }: Window): number[] {
  return output.map((count, axis) => {
    const [size, stride, dilation] = [filter[axis], strides[axis], dilations[axis]] as [number, number, number];
    const end = (count - 1) * stride + (size - 1) * dilation + 1;
    return end - (input[axis] as number) - (before[axis] as number);
  });
}

/** An input without the end that no filter reaches, from which ONNX would make more output than is wanted. */
export function reached(x: Value, window: Window): { x: Value; window: Window } {
  const unread = overhang(window).map((n) => Math.max(0, -n));
  if (unread.every((n, axis) => n < (window.strides[axis] as number))) return { x, window };
  const input = window.input.map((n, axis) => Math.max(0, n - (unread[axis] as number)));
  const begin = x.shape.map(() => 0);
  return { x: op.slice(x, begin, [...x.shape.slice(0, 2), ...input]), window: { ...window, input } };
}

/** The padding at the end. */
export function after(window: Window): number[] {
  return overhang(window).map((n) => Math.max(0, n));
}

/** What the window is to ONNX. */
export function attributesOf(window: Window): Attributes {
  const { strides, dilations, before } = window;
  return { strides, dilations, pads: [...before, ...after(window)] };
}

/** From [batch, ...space, channels] to [batch, channels, ...space]. */
export function channelsFirst(x: Value): Value {
  const space = x.shape.slice(2).map((_, i) => i + 1);
  return op.transpose(x, [0, space.length + 1, ...space]);
}

/** From [batch, channels, ...space] to [batch, ...space, channels]. */
export function channelsLast(x: Value): Value {
  const space = x.shape.slice(2).map((_, i) => i + 2);
  return op.transpose(x, [0, ...space, 1]);
}
