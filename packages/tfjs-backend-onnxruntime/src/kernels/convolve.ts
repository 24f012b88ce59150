import { apply, full, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import * as op from './ops';
import { after, attributesOf, overhang, reached, type Window } from './window';

// y[n, o, p] = sum over i and k of x[n, i, p * stride + k * dilation - before] * weights[o, i, k] is linear in x and in
// the weights. Here it is, with both of its adjoints. In groups, each output sees the inputs of its own group only.

/** The convolution. @param x [n, i, ...input] @param weights [o, i / groups, ...filter] */
export function convolve(x: Value, weights: Value, window: Window, groups = 1): Value {
  const shape = [x.shape[0] as number, weights.shape[0] as number, ...window.output];
  const images = reached(x, window);
  if (images.x.size === 0 || weights.size === 0) return full(0, x.type, shape);
  const attributes = { ...attributesOf(images.window), group: groups };
  const onCpu = seemsToStandStill(images.window);
  return apply('Conv', [images.x, weights], { type: x.type, shape }, { attributes, onCpu });
}

/**
 * Whether a filter is as large as the input and padded at the end alone: WebGPU's operator takes it for one that stands in one
 * place only, padding or not.
 */
function seemsToStandStill(window: Window): boolean {
  const { input, filter, before } = window;
  const covers = input.every((n, axis) => n === filter[axis] && before[axis] === 0);
  return covers && after(window).some((n) => n > 0);
}

/** What each input has contributed to. @param dy [n, o, ...output] @returns [n, i, ...input] */
export function convolveBack(dy: Value, weights: Value, window: Window, groups = 1): Value {
  const outer = [dy.shape[0] as number, (weights.shape[1] as number) * groups];
  const unread = overhang(window).map((n) => Math.max(0, -n));
  const read = window.input.map((n, axis) => n - (unread[axis] as number));
  const nothing = dy.size === 0 || weights.size === 0 || read.some((n) => n <= 0);
  if (nothing) return full(0, dy.type, [...outer, ...window.input]);
  const attributes = { ...attributesOf(window), group: groups };
  const output = { type: dy.type, shape: [...outer, ...read] };
  const dx = apply('ConvTranspose', [dy, weights], output, { attributes, onCpu: groups > 1 });
  // The operator's own output_padding has to be less than a stride, which it is not for every explicit padding.
  return op.pad(dx, [[0, 0], [0, 0], ...unread.map((n): [number, number] => [0, n])], 0);
}

/**
 * What each weight has contributed to: x convolved with dy, summed over the batch, where a stride of the one is a
 * dilation of the other.
 *
 * @param x [n, i, ...input]
 * @param dy [n, o, ...output]
 * @param groups 1, or as many as inputs
 * @returns [o, i / groups, ...filter]
 */
export function convolveWeights(x: Value, dy: Value, window: Window, groups = 1): Value {
  const shape = [dy.shape[1] as number, (x.shape[1] as number) / groups, ...window.filter];
  if (x.size === 0 || dy.size === 0) return full(0, x.type, shape);
  const swapped: Window = {
    ...window,
    output: window.filter,
    filter: window.output,
    strides: window.dilations,
    dilations: window.strides,
  };
  const left = swapBatch(x);
  const [inputs, batch, ...space] = left.shape as [number, number, ...number[]];
  const grouped = groups === 1 ? left : reshape(left, [1, inputs * batch, ...space]);
  return swapBatch(convolve(grouped, swapBatch(dy), swapped, groups));
}

/** Exchanges batch and channels. */
function swapBatch(x: Value): Value {
  return op.transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}
