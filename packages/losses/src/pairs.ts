import * as tf from '@tensorflow/tfjs-core';
import type { PreferenceRows, Rows } from './contract';

/** One number for each side of every pair, [pairs]. */
export interface PairRewards {
  readonly chosen: tf.Tensor1D;
  readonly rejected: tf.Tensor1D;
}

/** Rewards of both sides: `scale` times what `of` says of each response. */
export function pairRewards(
  { chosen, rejected }: PreferenceRows,
  of: (rows: Rows) => tf.Tensor1D,
  scale: number,
): PairRewards {
  return { chosen: tf.mul(of(chosen), scale), rejected: tf.mul(of(rejected), scale) };
}

/** How much more the chosen response is rewarded, [pairs]. */
export function margin({ chosen, rejected }: PairRewards): tf.Tensor1D {
  return tf.sub(chosen, rejected);
}
