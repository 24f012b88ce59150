import { lacks } from '../../binding/environment';
import { reshape } from '../../graph/record';
import type { Value } from '../../graph/value';
import * as op from '../ops';

interface Limits {
  readonly logitsAtOnce: number;
  /** Rows of the vocabulary matrix in a block: products of fewer are slow, and more gain nothing. */
  readonly fewest: number;
  readonly most: number;
}

/** Logits of 16 MiB, which the third-level cache of most processors holds. */
const onProcessor: Limits = { logitsAtOnce: 1 << 22, fewest: 512, most: 8192 };
/** Of 128 MiB, which every device reads in one: its caches hold no block, and more blocks are more kernels to start. */
const onDevice: Limits = { logitsAtOnce: 1 << 25, fewest: 4096, most: 1 << 18 };

interface Blocks {
  /** [blocks, tokens, width] */
  readonly blocks?: Value;
  /** What is left over, [tokens, width]. */
  readonly rest?: Value;
}

/**
 * Cuts a vocabulary matrix [vocabulary, width] into blocks whose logits for `states` hidden states stay in the cache. Where
 * a suitable size divides the vocabulary, nothing is copied and nothing left over.
 */
export function vocabularyBlocks(vocabulary: Value, states: number): Blocks {
  const [tokens, width] = vocabulary.shape as [number, number];
  const { logitsAtOnce, fewest, most } = lacks('Scan') ? onDevice : onProcessor;
  const limit = Math.min(most, Math.max(fewest, Math.floor(logitsAtOnce / states)));
  if (tokens <= limit) return { rest: vocabulary };
  const size = divisor(tokens, limit) ?? limit;
  const count = Math.floor(tokens / size);
  const blocks = reshape(op.slice(vocabulary, [0, 0], [count * size, width]), [count, size, width]);
  const left = tokens - count * size;
  return left === 0 ? { blocks } : { blocks, rest: op.slice(vocabulary, [count * size, 0], [left, width]) };
}

/** The greatest divisor up to a limit that is not much smaller than the limit. */
function divisor(n: number, limit: number): number | undefined {
  for (let size = limit; size >= limit / 4; size--) if (n % size === 0) return size;
  return undefined;
}
