import * as tf from '@tensorflow/tfjs-core';
import type { Logps, PreparedRows } from './contract';
import { sequenceLogps } from './log_ratio';

/** What weighs the same in a mean: every response token of the batch, or every response. */
export type Reduction = 'token-mean' | 'sequence';

/** Response tokens for each example of the batch, by which sums over tokens are divided; 1 where sequences are summed. */
export function tokensPerExample({ lengths }: PreparedRows, reduction: Reduction = 'token-mean'): number {
  if (reduction === 'sequence' || lengths.length === 0) return 1;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return Math.max(tokens, 1) / lengths.length;
}

/** -l / tokensPerExample of each response, [rows]. */
export function negativeLogps(policy: Logps, tokensPerExample: number): tf.Tensor1D {
  return tf.div(sequenceLogps(policy), -tokensPerExample);
}
