import type { KernelConfig, ResizeBilinearAttrs, ResizeNearestNeighborAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { apply, cast, full } from '../graph/record';
import { fromNumbers, type Value } from '../graph/value';
import { kernel } from './kernel';
import { matMul } from './matmul';
import * as op from './ops';

type Attributes = ResizeBilinearAttrs & ResizeNearestNeighborAttrs;

/** For each position along an axis of the result, the two of the input that it lies between, and how near to the upper. */
interface Sampling {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly share: readonly number[];
}

type Sampler = (from: number, to: number, attrs: Attributes) => Sampling;

/** How far it is in the input from one position of the result to the next. */
function stepOf(from: number, to: number, alignCorners: boolean): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

const bilinear: Sampler = (from, to, { alignCorners, halfPixelCenters }) => {
  const step = stepOf(from, to, alignCorners);
  const places = Array.from({ length: to }, (_, i) => (halfPixelCenters ? step * (i + 0.5) - 0.5 : step * i));
  const lower = places.map((place) => Math.max(0, Math.floor(place)));
  return {
    lower,
    upper: places.map((place) => Math.max(0, Math.min(from - 1, Math.ceil(place)))),
    share: places.map((place, i) => place - (lower[i] as number)),
  };
};

const nearest: Sampler = (from, to, { alignCorners, halfPixelCenters }) => {
  const step = stepOf(from, to, alignCorners);
  const round = alignCorners ? Math.round : Math.floor;
  const places = Array.from({ length: to }, (_, i) => {
    return Math.min(from - 1, round(step * (halfPixelCenters ? i + 0.5 : i)));
  });
  return { lower: places, upper: places, share: places.map(() => 0) };
};

function gather(x: Value, places: readonly number[], axis: number): Value {
  const shape = x.shape.map((n, i) => (i === axis ? places.length : n));
  const indices = fromNumbers(Int32Array.from(places), 'int32', [places.length]);
  return apply('Gather', [x, indices], { type: x.type, shape }, { attributes: { axis } });
}

/** Resizes an axis: lower + (upper - lower) * share. */
function sample(x: Value, { lower, upper, share }: Sampling, axis: number): Value {
  const below = gather(x, lower, axis);
  if (share.every((n) => n === 0)) return below;
  const shape = x.shape.map((_, i) => (i === axis ? share.length : 1));
  const shares = fromNumbers(Float32Array.from(share), x.type, shape);
  return op.add(below, op.mul(op.sub(gather(x, upper, axis), below), shares));
}

/** The sampling as a matrix [to, from]: its transpose takes gradients back. */
function matrixOf({ lower, upper, share }: Sampling, from: number): Value {
  const numbers = new Float32Array(lower.length * from);
  lower.forEach((place, i) => {
    const [below, above] = [i * from + place, i * from + (upper[i] as number)];
    numbers[below] = (numbers[below] as number) + 1 - (share[i] as number);
    numbers[above] = (numbers[above] as number) + (share[i] as number);
  });
  return fromNumbers(numbers, 'float32', [lower.length, from]);
}

function resize(name: 'ResizeBilinear' | 'ResizeNearestNeighbor', sampler: Sampler): KernelConfig {
  return kernel<{ images: TensorInfo }, Attributes>(name, ({ inputs, attrs, engine }) => {
    const given = engine.value(inputs.images);
    const x = name === 'ResizeBilinear' ? cast(given, 'float32') : given;
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const [newHeight, newWidth] = attrs.size;
    return engine.tensor(
      op.orEmpty([batch, newHeight, newWidth, channels], x.type, () => {
        const rows = sample(x, sampler(height, newHeight, attrs), 1);
        return sample(rows, sampler(width, newWidth, attrs), 2);
      }),
    );
  });
}

/**
 * rows^T x dy x columns, image by image and channel by channel: what resizing did, half pixels included, which the CPU
 * backend of TensorFlow.js leaves out here.
 */
function resizeGradient(name: 'ResizeBilinearGrad' | 'ResizeNearestNeighborGrad', sampler: Sampler): KernelConfig {
  return kernel<{ images: TensorInfo; dy: TensorInfo }, Attributes>(name, ({ inputs, attrs, engine }) => {
    const dy = cast(engine.value(inputs.dy), 'float32');
    const [batch, height, width, channels] = inputs.images.shape as [number, number, number, number];
    const [, newHeight, newWidth] = dy.shape as [number, number, number, number];
    const shape = [batch, height, width, channels];
    return engine.tensor(
      op.orEmpty(shape, 'float32', () => {
        if (dy.size === 0) return full(0, 'float32', shape);
        const rows = matrixOf(sampler(height, newHeight, attrs), height);
        const columns = matrixOf(sampler(width, newWidth, attrs), width);
        const planes = op.transpose(dy, [0, 3, 1, 2]);
        const narrow = matMul(planes, columns, { transposeA: false, transposeB: false });
        return op.transpose(matMul(rows, narrow, { transposeA: true, transposeB: false }), [0, 2, 3, 1]);
      }),
    );
  });
}

export const resizeKernels: readonly KernelConfig[] = [
  resize('ResizeBilinear', bilinear),
  resize('ResizeNearestNeighbor', nearest),
  resizeGradient('ResizeBilinearGrad', bilinear),
  resizeGradient('ResizeNearestNeighborGrad', nearest),
];
