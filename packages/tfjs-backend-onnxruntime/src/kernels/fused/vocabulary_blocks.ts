import { reshape } from '../../graph/record';
import type { Value } from '../../graph/value';
import * as op from '../ops';

/** Logits of one block: 16 MiB, which the third-level cache of most processors holds. */
const logitsAtOnce = 1 << 22;
/** Rows of the vocabulary matrix in a block: products of fewer are slow, and more gain nothing. */
const [fewest, most] = [512, 8192];

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
