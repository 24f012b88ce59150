import { fused } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The Euclidean norm over all gradients together: sqrt(sum of squares of every element). One read-back.
 *
 * Kernel: `HalokitSumOfSquares` (x) to a scalar.
 */
export async function gradientNorm(gradients: readonly tf.Tensor[]): Promise<number> {
  const squares = tf.tidy(() => tf.stack(gradients.map(sumOfSquares)));
  const values = await squares.data();
  squares.dispose();
  let sum = 0;
  for (const value of values) sum += value;
  return Math.sqrt(sum);
}

function sumOfSquares(x: tf.Tensor): tf.Tensor {
  return fused('HalokitSumOfSquares', { x }, {}, () => [tf.sum(tf.square(x))] as const)[0];
}

/** The factor that brings a gradient of this norm within `limit`: min(1, limit / (norm + 1e-6)), as PyTorch clips. */
export function clipFactor(norm: number, limit: number | undefined): number {
  return limit === undefined ? 1 : Math.min(1, limit / (norm + 1e-6));
}
