import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/** The most negative finite float32: real scores reach -1.1e5 (Pythia-70m), so nothing smaller hides a position. */
export const masked = -3.4028234663852886e38;

/**
 * Scaled dot-product attention: s = softmax(q k^T / sqrt(head size) + mask), y = s v.
 *
 *     dv = s^T dy        dz = s (dy v^T - sum_keys s dy v^T)        dq = dz k / sqrt(size)        dk = dz^T q / sqrt(size)
 *
 * Query head i reads key/value head floor(i / (heads / key-value heads)): grouped-query attention where there are fewer.
 *
 * Kernels: `HalokitAttention` (q, k, v, mask) to y and s; `HalokitAttentionGrad` (dy, q, k, v, shares) to dq, dk, dv.
 *
 * Source: Vaswani et al., "Attention Is All You Need"; Ainslie et al., "GQA".
 *
 * @param q [rows, heads, queries, head size]
 * @param k [rows, key-value heads, keys, head size]
 * @param v as k
 * @param mask 0 where a query sees a key and `masked` elsewhere, broadcast to [rows, heads, queries, keys]; no gradient
 * @returns [rows, heads, queries, head size]
 */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D {
  const operation = tf.customGrad((...inputs) => {
    const [q, k, v, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const [value, shares] = fused('HalokitAttention', { q, k, v, mask }, {}, () => forward(q, k, v, mask));
    save([q, k, v, shares]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [q, k, v, shares] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      return [...fused('HalokitAttentionGrad', { dy, q, k, v, shares }, {}, () => backward(dy, q, k, v, shares))];
    };
    return { value, gradFunc };
  });
  return operation(q, k, v) as tf.Tensor4D;
}

function forward(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor4D) {
  const [rows, heads, queries] = q.shape;
  const keys = k.shape[2];
  const scaled = perGroup(tf.mul(q, 1 / Math.sqrt(q.shape[3])), k);
  const scores = tf.reshape(tf.matMul(scaled, k, false, true), [rows, heads, queries, keys]);
  const shares = tf.softmax(tf.add(scores, mask));
  return [tf.reshape(tf.matMul(perGroup(shares, k), v), q.shape), shares] as const;
}

function backward(dy: tf.Tensor, q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, shares: tf.Tensor4D) {
  return tf.tidy(() => {
    const [dyOfGroup, s, groupedQ] = [perGroup(dy, k), perGroup(shares, k), perGroup(q, k)];
    const dv = tf.matMul(s, dyOfGroup, true, false);
    const weighted = tf.mul(s, tf.matMul(dyOfGroup, v, false, true));
    const dz = tf.mul(tf.sub(weighted, tf.mul(s, tf.sum(weighted, -1, true))), 1 / Math.sqrt(q.shape[3]));
    return [tf.reshape(tf.matMul(dz, k), q.shape), tf.matMul(dz, groupedQ, true, false), dv] as const;
  });
}

/** The queries that share a key/value head below each other, so keys and values are never copied. */
function perGroup(x: tf.Tensor, { shape: [rows, groups] }: tf.Tensor4D): tf.Tensor4D {
  const [, heads, queries, size] = x.shape as [number, number, number, number];
  return tf.reshape(x, [rows, groups, (heads / groups) * queries, size]);
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
