import type { BincountAttrs, DenseBincountAttrs, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { apply, cast, full, reshape } from '../graph/record';
import { fromNumbers, type Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';
import { segmentSum } from './sparse';

interface Inputs extends OneInput {
  readonly weights: TensorInfo;
}

/** Whole numbers of which none is negative. Where they are not there yet, the graph fails while it runs if one is. */
function checked(values: Value): Value {
  const x = cast(values, 'int32');
  let flat = x;
  while (flat.node?.op === 'Reshape') flat = flat.node.inputs[0] as Value;
  const known = flat.copy() ?? (flat.tensor?.local ? flat.tensor.read().sync() : undefined);
  if (known) {
    const bad = known.some((n: number | bigint) => n < 0);
    if (bad) throw new Error('Input x must be non-negative!');
    return x;
  }
  const negative = cast(op.less(x, op.like(x, 0)), 'int32');
  const onlyPlace = fromNumbers(Int32Array.of(0), 'int32', [1]);
  const zeros = apply('Gather', [onlyPlace, negative], negative, {
    attributes: { axis: 0 },
    fallible: true,
    onCpu: true,
  });
  return op.add(x, zeros);
}

/**
 * In each row, how often every number of [0, size) occurs, or what those that do weigh together. Numbers of `size` and
 * above are not counted.
 *
 * @param x int32 [rows, columns], none negative
 * @param weights like x; each weighs 1 where there are none
 */
function count(x: Value, weights: Value, size: number, binary: boolean): Value {
  const [rows, columns] = x.shape as [number, number];
  const type = weights.type === 'bool' ? 'int32' : weights.type;
  const first = fromNumbers(
    Int32Array.from({ length: rows }, (_, row) => row * size),
    'int32',
    [rows, 1],
  );
  // A segment that is none is left out of the sum.
  const ids = rows === 1 ? x : op.where(op.less(x, op.like(x, size)), op.add(x, first), op.like(x, -1));
  const one = weights.size === 0 || binary;
  const each = one ? full(1, type, [rows * columns]) : reshape(cast(weights, type), [rows * columns]);
  const sums = reshape(segmentSum(reshape(ids, [rows * columns]), each, rows * size), [rows, size]);
  const result = binary ? op.min(sums, op.like(sums, 1)) : sums;
  return cast(result, weights.type);
}

export const bincountKernels: readonly KernelConfig[] = [
  kernel<Inputs, BincountAttrs>('Bincount', ({ inputs, attrs: { size }, engine }) => {
    const [x, weights] = [checked(engine.value(inputs.x)), engine.value(inputs.weights)];
    return engine.tensor(
      op.orEmpty([size], weights.type, () => count(reshape(x, [1, x.size]), weights, size, false)),
      [size],
    );
  }),
  kernel<Inputs, DenseBincountAttrs>('DenseBincount', ({ inputs, attrs: { size, binaryOutput }, engine }) => {
    const [x, weights] = [checked(engine.value(inputs.x)), engine.value(inputs.weights)];
    const rank = x.shape.length;
    if (rank !== 1 && rank !== 2) {
      throw new Error(`Error in denseBincount: input must be at most rank 2, but got rank${rank}.`);
    }
    const shape = [...x.shape.slice(0, -1), size];
    const binary = rank === 2 && (binaryOutput ?? false);
    const table = rank === 1 ? reshape(x, [1, x.size]) : x;
    return engine.tensor(
      op.orEmpty(shape, weights.type, () => count(table, weights, size, binary)),
      shape,
    );
  }),
];
