import * as tf from '@tensorflow/tfjs-core';
import { fused } from '../layers/fused';

/**
 * A table with some of its rows replaced: y[places[i]] = rows[i], and y = table elsewhere. It has no gradient.
 *
 * Kernel: `HalokitWriteRows` (table, places, rows), which may write over a table that has been disposed of.
 *
 * @param table [height, width]
 * @param places distinct rows of the table, int32 [n]
 * @param rows [n, width]
 */
export function writeRows(table: tf.Tensor2D, places: tf.Tensor1D, rows: tf.Tensor2D): tf.Tensor2D {
  const [result] = fused('HalokitWriteRows', { table, places, rows }, {}, () => [
    // A copy, because TensorFlow.js's cpu backend writes over the table it is given.
    tf.tensorScatterUpdate(tf.add(table, 0), tf.expandDims(places, 1), rows),
  ]);
  return result as tf.Tensor2D;
}
