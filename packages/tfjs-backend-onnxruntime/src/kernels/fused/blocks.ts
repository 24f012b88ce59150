import { reshape } from '../../graph/record';
import { scan } from '../../graph/scan';
import type { Value } from '../../graph/value';
import * as op from '../ops';

/** Numbers of an array that go through a chain of operators together, so that what is between them stays in the caches. */
const blockSize = 1 << 19;

/**
 * Computes arrays from arrays of the same size, number by number, block after block. Result i may take over the memory of
 * array i.
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

/** The fewest equal blocks that are small enough, or one where an array has no such parts. */
function blocksOf(size: number): number {
  const fewest = Math.ceil(size / blockSize);
  for (let blocks = fewest; blocks <= 2 * fewest; blocks++) if (size % blocks === 0) return blocks;
  return 1;
}

/** The sum of what is computed from an array number by number, block after block. */
export function sumInBlocks(array: Value, compute: (array: Value) => Value): Value {
  const blocks = blocksOf(array.size);
  const total = (x: Value) => op.reduce('ReduceSum', x, [0], false);
  if (blocks === 1) return total(compute(reshape(array, [array.size])));
  const list = reshape(array, [blocks, array.size / blocks]);
  const { results } = scan([], [list], (_, [block]) => ({ states: [], results: [total(compute(block as Value))] }));
  return total(results[0] as Value);
}
