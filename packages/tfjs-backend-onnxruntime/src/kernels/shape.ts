import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, cast, int64s } from '../graph/record';
import type { Value } from '../graph/value';
import type { ElementType } from '../onnx/element_type';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

function castTo(x: Value, type: ElementType): Value {
  return x.type === 'float32' && type === 'int32' ? op.toWhole(x) : cast(x, type);
}

/** Blocks of `block` x `block` positions take turns with the depth. Source: tf.depthToSpace, NHWC. */
function depthToSpace(x: Value, block: number): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const depth = channels / (block * block);
  const split = apply('Reshape', [x, int64s([batch, height, width, block, block, depth])], {
    type: x.type,
    shape: [batch, height, width, block, block, depth],
  });
  const shape = [batch, height * block, width * block, depth];
  return apply('Reshape', [op.transpose(split, [0, 1, 3, 2, 4, 5]), int64s(shape)], { type: x.type, shape });
}

export const shapeKernels: readonly KernelConfig[] = [
  kernel<OneInput>('Identity', ({ inputs: { x }, engine }) => engine.share(x, x.shape)),
  kernel<OneInput, { shape: number[] }>('Reshape', ({ inputs: { x }, attrs, engine }) => {
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(attrs.shape, size);
    util.assert(
      size === util.sizeFromShape(shape),
      () =>
        `The new shape (${shape}) has ${util.sizeFromShape(shape)} elements and the old shape (${x.shape}) has ` +
        `${size} elements. The new shape and old shape must have the same number of elements.`,
    );
    return engine.share(x, shape);
  }),
  kernel<{ input: TensorInfo }, { dim: number }>('ExpandDims', ({ inputs: { input }, attrs, engine }) => {
    const rank = input.shape.length;
    const { dim } = attrs;
    util.assert(-(rank + 1) <= dim && dim <= rank, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
    const shape = [...input.shape];
    shape.splice(dim < 0 ? rank + dim + 1 : dim, 0, 1);
    return engine.share(input, shape);
  }),
  kernel<OneInput, { perm: number[] }>('Transpose', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const shape = attrs.perm.map((axis) => x.shape[axis] as number);
    return engine.tensor(
      op.orEmpty(shape, x.type, () => op.transpose(x, attrs.perm)),
      shape,
    );
  }),
  kernel<OneInput, { dtype: TensorInfo['dtype'] }>('Cast', ({ inputs: { x }, attrs: { dtype }, engine }) => {
    if (dtype === x.dtype) return engine.share(x, x.shape);
    if (dtype === 'complex64' || dtype === 'string') {
      throw new Error(`The onnxruntime backend cannot cast ${x.dtype} to ${dtype}.`);
    }
    return engine.tensor(op.orEmpty(x.shape, dtype, () => castTo(engine.value(x), dtype)));
  }),
  kernel<OneInput, { blockSize: number; dataFormat: string }>('DepthToSpace', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    util.assert(
      attrs.dataFormat === 'NHWC',
      () => `Only NHWC dataFormat supported on onnxruntime for depthToSpace. Got ${attrs.dataFormat}`,
    );
    return engine.tensor(depthToSpace(x, attrs.blockSize));
  }),
];
