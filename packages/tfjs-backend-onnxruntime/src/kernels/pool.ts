import { apply, applyMany, cast, full, reshape, scalar } from '../graph/record';
import type { Value } from '../graph/value';
import { convolve, convolveBack } from './convolve';
import * as op from './ops';
import { segmentSum } from './sparse';
import { after, attributesOf, reached, type Window } from './window';

// Pools of images [batch, channels, ...space]. A pool that lies in the padding is empty: its largest number is -Infinity,
// its average NaN.

/** ONNX Runtime pools with no padding as wide as the filter. */
function isWide(window: Window): boolean {
  const behind = after(window);
  return window.filter.some((n, axis) => Math.max(window.before[axis] as number, behind[axis] as number) >= n);
}

/** Images as ONNX Runtime finds the largest numbers in, and the padding that is part of them now. */
function prepared(images: Value, window: Window) {
  const { before, input } = window;
  const behind = after(window);
  const wide = isWide(window);
  const sides = before.map((n, axis): [number, number] => (wide ? [n, behind[axis] as number] : [0, 0]));
  const size = input.map((n, axis) => n + sumOf(sides[axis]));
  const inside = wide ? { ...window, input: size, before: before.map(() => 0) } : window;
  const x = op.pad(comparable(images), [[0, 0], [0, 0], ...sides], Number.NEGATIVE_INFINITY);
  return { ...reached(x, inside), sides, size };
}

function sumOf(side: readonly [number, number] | undefined): number {
  return side ? side[0] + side[1] : 0;
}

const outputOf = (x: Value, { output }: Window) => ({ type: x.type, shape: [...x.shape.slice(0, 2), ...output] });
const poolAttributes = (window: Window) => ({ ...attributesOf(window), kernel_shape: window.filter });

/** What can be compared: NaN is left out of account, and ONNX Runtime pools no whole numbers of 32 bits. */
function comparable(x: Value): Value {
  if (x.type !== 'float32') return cast(x, 'float64');
  const like = (n: number) => op.like(x, n);
  return op.where(op.lessOrEqual(x, like(Number.POSITIVE_INFINITY)), x, like(Number.NEGATIVE_INFINITY));
}

/** The largest number of each pool. */
export function largest(x: Value, window: Window): Value {
  const { shape } = outputOf(x, window);
  if (x.size === 0) return full(Number.NEGATIVE_INFINITY, x.type, shape);
  const images = prepared(x, window);
  const attributes = poolAttributes(images.window);
  return cast(apply('MaxPool', [images.x], { type: images.x.type, shape }, { attributes }), x.type);
}

/** Where the largest number of each pool is, the first of equals: its place among all of `x`, -1 if none is above -Infinity. */
export function placesOfLargest(images: Value, whole: Window) {
  const ready = prepared(images, whole);
  const output = outputOf(ready.x, whole);
  const outputs = [output, { ...output, type: 'int64' }] as const;
  const attributes = poolAttributes(ready.window);
  const [values, places] = applyMany('MaxPool', [ready.x], outputs, { attributes, onCpu: true }) as [Value, Value];
  const some = op.greater(values, op.like(values, Number.NEGATIVE_INFINITY));
  return { ...ready, places: op.where(some, cast(places, 'int32'), scalar(-1, 'int32')) };
}

/** The gradient of `largest`, which goes to the first of equals. @param dy [batch, channels, ...output] */
export function largestBack(dy: Value, x: Value, window: Window): Value {
  if (dy.size === 0 || x.size === 0) return full(0, dy.type, x.shape);
  const images = placesOfLargest(x, window);
  const sums = segmentSum(reshape(images.places, [dy.size]), reshape(dy, [dy.size]), images.x.size);
  const grid = reshape(sums, images.x.shape);
  const unread = images.size.map((n, axis): [number, number] => [0, n - (grid.shape[axis + 2] as number)]);
  const all = op.pad(grid, [[0, 0], [0, 0], ...unread], 0);
  return op.slice(all, [0, 0, ...images.sides.map(([before]) => before)], x.shape);
}

/** The average of each pool, its padding apart. */
export function average(x: Value, window: Window): Value {
  const output = outputOf(x, window);
  if (x.size === 0) return full(Number.NaN, x.type, output.shape);
  const images = reached(x, window);
  if (!isWide(images.window)) {
    const attributes = { ...poolAttributes(images.window), count_include_pad: 0 };
    return apply('AveragePool', [images.x], output, { attributes });
  }
  // Padding that is written out would be put back by ONNX Runtime's optimizer, so this is a quotient of sums instead.
  const [batch, channels] = x.shape as [number, number];
  const ones = (space: readonly number[]) => full(1, x.type, [1, 1, ...space]);
  const sums = (planes: Value) => convolve(planes, ones(window.filter), window);
  const planes = reshape(x, [batch * channels, 1, ...window.input]);
  return reshape(op.div(sums(planes), sums(ones(window.input))), output.shape);
}

/** The gradient of averages as TensorFlow.js has it: as if padding had been averaged too. */
export function averageBack(dy: Value, window: Window): Value {
  const [batch, channels, ...output] = dy.shape as [number, number, ...number[]];
  const size = window.filter.reduce((size, n) => size * n, 1);
  const weights = full(1 / size, dy.type, [1, 1, ...window.filter]);
  const dx = convolveBack(reshape(dy, [batch * channels, 1, ...output]), weights, window);
  return reshape(dx, [batch, channels, ...window.input]);
}
