import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { apply, cast, reshape, scalar } from '../../graph/record';
import type { Value } from '../../graph/value';
import { kernel } from '../kernel';
import * as op from '../ops';
import { gemm } from '../products';

/**
 * The first of the largest logits of each row, and the sum of all. Logits lie down, [vocabulary, rows], and are looked
 * through in blocks: the largest of each block, then the place within the best one. `ArgMax` over all of them is slower.
 */
function likeliest(hidden: Value, vocabulary: Value): [Value, Value] {
  const [tokens] = vocabulary.shape as [number];
  const [rows] = hidden.shape as [number];
  const logits = lyingLogits(hidden, vocabulary);
  const size = divisorNear(Math.sqrt(tokens), tokens);
  const blocks = reshape(logits, [tokens / size, size, rows]);
  const block = firstLargest(op.reduce('ReduceMax', blocks, [1], false), rows);
  const start = op.mul(block, scalar(size, 'int64'));
  const within = reshape(range(size), [size, 1]);
  const places = op.add(reshape(start, [1, rows]), within);
  const best = apply('GatherElements', [logits, places], { type: logits.type, shape: [size, rows] });
  const ids = cast(op.add(start, firstLargest(best, rows)), 'int32');
  ids.bound = tokens;
  return [ids, op.reduce('ReduceSum', op.reduce('ReduceSum', blocks, [1], false), [0], false)];
}

function lyingLogits(hidden: Value, vocabulary: Value): Value {
  const shape = [vocabulary.shape[0] as number, hidden.shape[0] as number];
  // A single row is read against the matrix fastest standing up, and its logits lie as they stand.
  if (shape[1] === 1) return reshape(gemm(hidden, vocabulary, { transB: true }), shape);
  return gemm(vocabulary, hidden, { transB: true });
}

/** Where the first of the largest of each column is, int64 [columns]. */
function firstLargest(x: Value, columns: number): Value {
  const attributes = { axis: 0, keepdims: 0, select_last_index: 0 };
  return apply('ArgMax', [x], { type: 'int64', shape: [columns] }, { attributes });
}

function range(count: number): Value {
  const [first, limit, step] = [0, count, 1].map((x) => scalar(x, 'int64')) as [Value, Value, Value];
  return apply('Range', [first, limit, step], { type: 'int64', shape: [count] });
}

/** The divisor of n that is nearest to x from above: n itself where there is no other. */
function divisorNear(x: number, n: number): number {
  let size = Math.ceil(x);
  while (n % size !== 0) size++;
  return size;
}

export const likeliestKernels: readonly KernelConfig[] = [
  kernel<Record<'hidden' | 'vocabulary', TensorInfo>>(
    'HalokitLikeliest',
    ({ inputs: { hidden, vocabulary }, engine }) =>
      likeliest(engine.value(hidden), engine.value(vocabulary)).map((value) => engine.tensor(value)),
  ),
];
