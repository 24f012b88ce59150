import { backend_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel } from './kernel';
import * as op from './ops';

type Tensors = readonly TensorInfo[];

export const joiningKernels: readonly KernelConfig[] = [
  kernel<Tensors, { axis: number }>('Concat', ({ inputs, attrs, engine }) => {
    const shapes = inputs.map(({ shape }) => shape);
    const axis = util.parseAxisParam(attrs.axis, shapes[0] as number[])[0] as number;
    backend_util.assertParamsConsistent(shapes, axis);
    const shape = backend_util.computeOutShape(shapes, axis);
    const type = engine.value(inputs[0] as TensorInfo).type;
    return engine.tensor(
      op.orEmpty(shape, type, () =>
        op.concat(
          inputs.map((x) => engine.value(x)),
          axis,
        ),
      ),
      shape,
    );
  }),
  kernel<Tensors, { axis: number }>('Pack', ({ inputs, attrs, engine }) => {
    const [first] = inputs as [TensorInfo];
    for (const { shape, dtype } of inputs) {
      util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes');
      util.assert(first.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
    }
    const axis = attrs.axis < 0 ? attrs.axis + first.shape.length + 1 : attrs.axis;
    const one = [...first.shape.slice(0, axis), 1, ...first.shape.slice(axis)];
    const shape = one.map((n, i) => (i === axis ? inputs.length : n));
    const values = inputs.map((x) => engine.value(x));
    const type = (values[0] as Value).type;
    return engine.tensor(
      op.orEmpty(shape, type, () =>
        op.concat(
          values.map((x) => reshape(x, one)),
          axis,
        ),
      ),
      shape,
    );
  }),
];
