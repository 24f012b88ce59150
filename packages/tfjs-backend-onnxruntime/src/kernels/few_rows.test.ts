import '@tensorflow/tfjs';
import '..';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** Whole numbers, so that sums are exact whatever their order. */
const matrix = (rows: number, columns: number, shift: number) =>
  tf.cast(
    tf.tensor2d(
      Int32Array.from({ length: rows * columns }, (_, i) => ((i * 7919 + shift) % 13) - 6),
      [rows, columns],
      'int32',
    ),
    'float32',
  );

// Up to 32 rows lie down, one does not, and neither do matrices that are not far larger.
test.each([1, 2, 8, 31, 32, 33])('products of %i rows are those of the cpu backend', async (rows) => {
  for (const columns of [3, 16 * rows - 1, 16 * rows, 700]) {
    const results: number[][] = [];
    for (const backend of ['cpu', 'onnxruntime']) {
      await tf.setBackend(backend);
      const product = tf.tidy(() => tf.matMul(matrix(rows, 40, 1), matrix(columns, 40, 5), false, true));
      expect(product.shape).toEqual([rows, columns]);
      results.push(Array.from(await product.data()));
      product.dispose();
    }
    expect(results[1]).toEqual(results[0]);
  }
});
