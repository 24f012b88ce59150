import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normals } from '../../test/numbers';
import { expectClose } from '../../test/oracle';
import { dot, rowsOf, softmax } from '../../test/textbook';
import { attention, causalMask } from './attention';

const size = 16;

/** Attention whose values are the unit vectors: what a query reads are its shares. */
async function sharesOf(backend: string, q: readonly number[], k: readonly number[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const result = tf.tidy(() => {
    const [queries, keys, values] = [tf.tensor(q), tf.tensor(k), tf.eye(size)].map(
      (x) => tf.reshape(x, [1, 1, size, size]) as tf.Tensor4D,
    ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    return attention(queries, keys, values, causalMask(size));
  });
  const shares = await result.data<'float32'>();
  result.dispose();
  return rowsOf([...shares], size);
}

/** Rows whose first number is given and whose others are 0. */
const firsts = (list: readonly number[]) => list.flatMap((first) => [first, ...Array(size - 1).fill(0)]);

test.each(['cpu', 'onnxruntime'])('%s: scores near -1e5 have the shares that float64 gives them', async (backend) => {
  // Multiples of 2^-7, as float32 numbers of this size are: query 4 x key / sqrt(16) is the key, without rounding. The
  // later half, near 1e5, is hidden from the queries before it.
  const scores = normals(1, [size]).values.map((x, i) => Math.round(x * 128) / 128 + (i < size / 2 ? -1e5 : 1e5));
  const shares = await sharesOf(backend, firsts(scores.map(() => 4)), firsts(scores));
  shares.forEach((row, query) => {
    const expected = softmax(scores.slice(0, query + 1));
    expectClose(row.slice(0, query + 1), expected, 2e-7);
    expect(row.slice(query + 1).every((share) => share === 0)).toBe(true);
  });
});

test.each(['cpu', 'onnxruntime'])(
  '%s: where products are rounded, shares are off by the rounding of scores',
  async (backend) => {
    const q = normals(2, [size, size], 1, 100).values.map(Math.fround);
    const k = normals(3, [size, size], 0.01, -250).values.map(Math.fround);
    const shares = await sharesOf(backend, q, k);
    rowsOf(q, size).forEach((query, i) => {
      const scores = rowsOf(k, size).map((key) => dot(query, key) / Math.sqrt(size));
      const expected = softmax(scores.slice(0, i + 1));
      // Sums of n terms are off by about sqrt(n) roundings, and a share by the part that its score is off by.
      expectClose(
        shares[i]?.slice(0, i + 1) ?? [],
        expected,
        Math.sqrt(size) * 2 ** -24 * Math.abs(Math.min(...scores)),
      );
    });
  },
);
