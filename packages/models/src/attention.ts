import * as tf from '@tensorflow/tfjs-core';

/** The most negative finite float32: real scores reach -1.1e5 (Pythia-70m), so nothing smaller hides a position. */
export const masked = -3.4028234663852886e38;

/**
 * Scaled dot-product attention: softmax(q k^T / sqrt(head size) + mask) v.
 *
 * Query head i reads key/value head floor(i / (heads / key-value heads)): grouped-query attention where there are fewer.
 *
 * @param q [rows, heads, queries, head size]
 * @param k [rows, key-value heads, keys, head size]
 * @param v as k
 * @param mask 0 where a query sees a key and `masked` elsewhere, broadcast to [rows, heads, queries, keys]
 * @returns [rows, heads, queries, head size]
 */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D {
  const [rows, heads, queries, size] = q.shape;
  const [, groups, keys] = k.shape;
  // The queries that share a key/value head stand below each other, so keys and values are never copied.
  const perGroup = (heads / groups) * queries;
  const grouped = tf.reshape(tf.mul(q, 1 / Math.sqrt(size)), [rows, groups, perGroup, size]);
  const scores = tf.reshape(tf.matMul(grouped, k, false, true), [rows, heads, queries, keys]);
  const shares = tf.reshape(tf.softmax(tf.add(scores, mask)), [rows, groups, perGroup, keys]);
  return tf.reshape(tf.matMul(shares, v), [rows, heads, queries, size]);
}

/** Each position sees itself and those before it, [1, 1, positions, positions]. */
export function causalMask(positions: number): tf.Tensor4D {
  const values = new Float32Array(positions * positions);
  for (let query = 0; query < positions; query++) {
    values.fill(masked, query * positions + query + 1, (query + 1) * positions);
  }
  return tf.tensor4d(values, [1, 1, positions, positions]);
}

/** [rows, positions, heads x size] to [rows, heads, positions, size]. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor4D {
  const [rows, positions, width] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [rows, positions, heads, width / heads]), [0, 2, 1, 3]);
}

/** The inverse of `splitHeads`. */
export function joinHeads(x: tf.Tensor4D): tf.Tensor3D {
  const [rows, heads, positions, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows, positions, heads * size]);
}
