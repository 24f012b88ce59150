import { backend_util, type KernelConfig } from '@tensorflow/tfjs-core';
import { reshape } from '../graph/record';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

export const spaceToBatchKernels: readonly KernelConfig[] = [
  kernel<OneInput, { blockShape: number[]; paddings: number[][] }>('SpaceToBatchND', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const { blockShape, paddings } = attrs;
    const block = blockShape.reduce((size, n) => size * n, 1);
    const sides = x.shape.map((_, axis): [number, number] => {
      const [before = 0, after = 0] = paddings[axis - 1] ?? [];
      return [before, after];
    });
    const padded = x.shape.map((n, axis) => n + (sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0));
    const split = backend_util.getReshaped(padded, blockShape, block, false);
    const perm = backend_util.getPermuted(split.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted(padded, blockShape, block, false);
    return engine.tensor(
      op.orEmpty(shape, x.type, () => reshape(op.transpose(reshape(op.pad(x, sides, 0), split), perm), shape)),
      shape,
    );
  }),
  kernel<OneInput, { blockShape: number[]; crops: number[][] }>('BatchToSpaceND', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const { blockShape, crops } = attrs;
    const block = blockShape.reduce((size, n) => size * n, 1);
    const split = backend_util.getReshaped([...x.shape], blockShape, block);
    const perm = backend_util.getPermuted(split.length, blockShape.length);
    const joined = backend_util.getReshapedPermuted([...x.shape], blockShape, block);
    const from = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const cropped = backend_util.getSliceSize(joined, crops, blockShape.length);
    const begin = joined.map((_, axis) => from[axis] ?? 0);
    const size = joined.map((n, axis) => cropped[axis] ?? n);
    return engine.tensor(
      op.orEmpty(size, x.type, () => op.slice(reshape(op.transpose(reshape(x, split), perm), joined), begin, size)),
      size,
    );
  }),
];
