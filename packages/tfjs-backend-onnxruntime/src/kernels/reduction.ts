import { type KernelConfig, util } from '@tensorflow/tfjs-core';
import { apply, cast, full } from '../graph/record';
import type { Value } from '../graph/value';
import type { ElementType } from '../onnx/element_type';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/**
 * A kernel that reduces axes.
 *
 * @param identity what the reduction of no numbers is
 */
function reduction(
  name: string,
  identity: number,
  typeOf: (x: ElementType) => ElementType,
  compute: (x: Value, axes: number[], keepDims: boolean) => Value,
): KernelConfig {
  return kernel<OneInput, ReductionAttributes>(name, ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number[], [...x.shape]);
    const keepDims = attrs.keepDims ?? false;
    const shape = x.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));
    const type = typeOf(x.type);
    return engine.tensor(
      op.orEmpty(shape, type, () => {
        if (x.size === 0) return full(identity, type, shape);
        return cast(compute(x, axes, keepDims), type);
      }),
    );
  });
}

const summed = (type: ElementType) => (type === 'bool' ? 'int32' : type);
const same = (type: ElementType) => type;

/** Truth values and whole numbers as whole numbers, the rest as it is. */
const numeric = (x: Value) => (x.type === 'bool' ? cast(x, 'int32') : x);

/** Largest or smallest, of which NaN is NaN. */
function extreme(operator: 'ReduceMax' | 'ReduceMin') {
  return (x: Value, axes: number[], keepDims: boolean) => {
    const most = op.reduce(operator, numeric(x), axes, keepDims);
    if (x.type !== 'float32' || axes.length === 0) return most;
    // The operators pass over NaN. A sum of magnitudes does not, and is NaN for no other reason.
    const magnitudes = op.reduce('ReduceL1', x, axes, keepDims);
    return op.where(op.greaterOrEqual(magnitudes, op.like(magnitudes, 0)), most, magnitudes);
  };
}

/** What is no number is neither largest nor smallest. */
function comparable(name: 'ArgMax' | 'ArgMin', x: Value): Value {
  if (x.type !== 'float32') return numeric(x);
  const least = name === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return op.where(op.lessOrEqual(x, op.like(x, Number.POSITIVE_INFINITY)), x, op.like(x, least));
}

function argument(name: 'ArgMax' | 'ArgMin'): KernelConfig {
  return kernel<OneInput, { axis: number | number[] }>(name, ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0] as number;
    const shape = x.shape.filter((_, i) => i !== axis);
    return engine.tensor(
      op.orEmpty(shape, 'int32', () => {
        if (x.size === 0) return full(0, 'int32', shape);
        if (x.shape.length === 0) return full(0, 'int32', []);
        const attributes = { axis, keepdims: 0, select_last_index: 0 };
        return cast(apply(name, [comparable(name, x)], { type: 'int64', shape }, { attributes }), 'int32');
      }),
    );
  });
}

/** A kernel that normalises along the last axis. */
function alongLast(name: string, input: string): KernelConfig {
  return kernel<Record<string, OneInput['x']>, { dim?: number; axis?: number }>(name, ({ inputs, attrs, engine }) => {
    const x = cast(engine.value(inputs[input] as OneInput['x']), 'float32');
    const rank = x.shape.length;
    const axis = util.parseAxisParam(attrs.dim ?? attrs.axis ?? -1, [...x.shape])[0];
    util.assert(axis === rank - 1, () => `${name} works along the last axis, but got ${axis} of ${rank}.`);
    return engine.tensor(
      op.orEmpty(x.shape, 'float32', () =>
        apply(name, [x], { type: 'float32', shape: x.shape }, { attributes: { axis: rank - 1 } }),
      ),
    );
  });
}

export const reductionKernels: readonly KernelConfig[] = [
  reduction('Sum', 0, summed, (x, axes, keepDims) => op.reduce('ReduceSum', numeric(x), axes, keepDims)),
  reduction('Prod', 1, summed, (x, axes, keepDims) => op.reduce('ReduceProd', numeric(x), axes, keepDims)),
  reduction(
    'Mean',
    Number.NaN,
    () => 'float32',
    (x, axes, keepDims) => op.reduce('ReduceMean', cast(x, 'float32'), axes, keepDims),
  ),
  reduction('Max', Number.NEGATIVE_INFINITY, same, extreme('ReduceMax')),
  reduction('Min', Number.POSITIVE_INFINITY, same, extreme('ReduceMin')),
  reduction('All', 1, same, extreme('ReduceMin')),
  reduction('Any', 0, same, extreme('ReduceMax')),
  argument('ArgMax'),
  argument('ArgMin'),
  alongLast('Softmax', 'logits'),
  alongLast('LogSoftmax', 'logits'),
];
