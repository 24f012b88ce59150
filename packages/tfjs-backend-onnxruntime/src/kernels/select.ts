import { backend_util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { apply, cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import type { ElementType } from '../onnx/element_type';
import { kernel } from './kernel';
import * as op from './ops';
import { addRows } from './sparse';

interface SelectInputs {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

/** A list of conditions chooses rows. */
function conditionFor(condition: Value, rank: number): Value {
  if (condition.shape.length !== 1 || rank <= 1) return condition;
  return reshape(condition, [...condition.shape, ...Array(rank - 1).fill(1)]);
}

export const selectKernels: readonly KernelConfig[] = [
  kernel<SelectInputs>('Select', ({ inputs, engine }) => {
    const [yes, no] = [engine.value(inputs.t), engine.value(inputs.e)];
    const type = backend_util.upcastType(inputs.t.dtype, inputs.e.dtype) as ElementType;
    const condition = conditionFor(cast(engine.value(inputs.condition), 'bool'), yes.shape.length);
    return engine.tensor(op.orEmpty(yes.shape, type, () => op.where(condition, cast(yes, type), cast(no, type))));
  }),
  kernel<readonly TensorInfo[]>('AddN', ({ inputs, engine }) => {
    const values = inputs.map((input) => engine.value(input));
    const [first] = values as [Value];
    return engine.tensor(op.orEmpty(first.shape, first.type, () => values.reduce(addRows)));
  }),
  kernel<{ a: TensorInfo; b: TensorInfo }>('BitwiseAnd', ({ inputs, engine }) => {
    const [a, b] = [engine.value(inputs.a), engine.value(inputs.b)];
    const shape = op.broadcastShape(a, b);
    return engine.tensor(op.orEmpty(shape, a.type, () => apply('BitwiseAnd', [a, b], { type: a.type, shape })));
  }),
];
