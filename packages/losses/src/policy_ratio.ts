import * as tf from '@tensorflow/tfjs-core';

/** Beyond e^20 a ratio says nothing more, and its gradient would leave float32. */
const largestLogRatio = 20;

/** exp(x), elementwise, of log-ratios held within +-20; beyond, no gradient passes. */
export function ratioOf<T extends tf.Tensor>(logRatio: T): T {
  return tf.exp(tf.clipByValue(logRatio, -largestLogRatio, largestLogRatio));
}

/**
 * The clipped surrogate of PPO, elementwise, as a loss: -min(A rho, A clip(rho, low, high)).
 *
 * Source: Schulman et al., "Proximal Policy Optimization Algorithms", equation 7.
 */
export function clippedSurrogate(
  ratio: tf.Tensor2D,
  advantages: tf.Tensor2D,
  [low, high]: readonly [number, number],
): tf.Tensor2D {
  const costs = tf.neg(advantages);
  return tf.maximum(tf.mul(costs, ratio), tf.mul(costs, tf.clipByValue(ratio, low, high)));
}

/** Numbers per response token, row by row, as a tensor of this shape; 0 behind a row's end. */
export function padded(rows: readonly ArrayLike<number>[], [count, tokens]: [number, number]): tf.Tensor2D {
  const values = new Float32Array(count * tokens);
  rows.forEach((row, i) => {
    for (let t = 0; t < Math.min(row.length, tokens); t++) values[i * tokens + t] = row[t] as number;
  });
  return tf.tensor2d(values, [count, tokens]);
}
