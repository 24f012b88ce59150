import { lacks } from '../../binding/environment';
import { reshape } from '../../graph/record';
import { scan } from '../../graph/scan';
import type { Value } from '../../graph/value';
import * as op from '../ops';

/** Numbers of an array that go through a chain of operators together, so that what is between them stays in the caches. */
const blockSize = 1 << 19;

/**
 * Computes arrays from arrays of the same size, number by number, block after block. Result i may take over the memory of
 * array i, so nothing but what result i depends on may read that array.
 */
export function inBlocks(
  arrays: readonly Value[],
  compute: (arrays: readonly Value[]) => readonly Value[],
): readonly Value[] {
  const shape = (arrays[0] as Value).shape;
  const size = (arrays[0] as Value).size;
  const blocks = blocksOf(size);
  if (blocks === 1) return compute(arrays.map((array) => reshape(array, shape)));
  const lists = arrays.map((array) => reshape(array, [blocks, size / blocks]));
  const { results } = scan([], lists, (_, items) => ({ states: [], results: compute(items) }), {
    overwrites: new Map(arrays.map((_, i) => [i, i])),
  });
  return results.map((result) => reshape(result, shape));
}

/** The fewest equal blocks that are small enough, or one where an array has no such parts or a device cannot repeat. */
function blocksOf(size: number): number {
  if (lacks('Scan')) return 1;
  const fewest = Math.ceil(size / blockSize);
  for (let blocks = fewest; blocks <= 2 * fewest; blocks++) if (size % blocks === 0) return blocks;
  return 1;
}

/** The sum of what is computed from an array number by number, block after block. */
export function sumInBlocks(array: Value, compute: (array: Value) => Value): Value {
  const blocks = blocksOf(array.size);
  if (blocks === 1) return sum(compute(reshape(array, [array.size])));
  const list = reshape(array, [blocks, array.size / blocks]);
  const { results } = scan([], [list], (_, [block]) => ({ states: [], results: [sum(compute(block as Value))] }));
  return sum(results[0] as Value);
}

/** Numbers that are added to one another in a row. */
const run = 1024;

/** The sum of a list as a sum of sums: added up one after the other, a million float32 lose the fifth digit. */
function sum(list: Value): Value {
  if (list.size <= run) return op.reduce('ReduceSum', list, [0], false);
  const full = op.pad(list, [[0, (run - (list.size % run)) % run]], 0);
  return sum(op.reduce('ReduceSum', reshape(full, [full.size / run, run]), [1], false));
}
