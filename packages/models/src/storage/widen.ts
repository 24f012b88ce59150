import * as tf from '@tensorflow/tfjs-core';
import { formatOf } from '../checkpoint/weight_format';
import { widenInto } from '../checkpoint/widen';
import { fused } from '../layers/fused';
import { untaped } from '../layers/untaped';
import type { Storage } from './storage';

/**
 * The numbers of a packed weight, or of some of its rows, as float32: exactly, subnormals, infinities and NaN included.
 * No gradient.
 *
 * Kernel: `HalokitWiden` (packed, rows; storage).
 *
 * @param packed int32 [rows, columns / 2], two numbers in each, the first in the low bits
 * @param rows which rows, int32 [n]; all when absent
 * @returns [rows or n, columns]
 */
export function widen(packed: tf.Tensor, storage: Storage, rows?: tf.Tensor1D): tf.Tensor2D {
  const inputs = { packed, ...(rows && { rows }) };
  return untaped(() => fused('HalokitWiden', inputs, { storage }, () => [lookedUp(packed, storage, rows)] as const)[0]);
}

/** Every number of 16 bits is looked up in a table of all: TensorFlow.js reads no bits as another type. */
function lookedUp(packed: tf.Tensor, storage: Storage, rows?: tf.Tensor1D): tf.Tensor2D {
  const pairs = rows ? tf.gather(packed, rows) : packed;
  const low = tf.bitwiseAnd(pairs, tf.fill(pairs.shape, 0xffff, 'int32'));
  // The difference ends in 16 zeros, so that the quotient is exact even where integers are divided as floats.
  const high = tf.floorDiv(tf.sub(pairs, low), tf.scalar(2 ** 16, 'int32'));
  const unsigned = tf.where(tf.less(high, 0), tf.add(high, tf.scalar(2 ** 16, 'int32')), high);
  const table = tf.tensor1d(tableOf(storage));
  const numbers = tf.gather(table, tf.reshape(tf.stack([low, unsigned], -1), [-1]));
  return tf.reshape(numbers, [pairs.shape[0] as number, -1]);
}

const tables = new Map<Storage, Float32Array>();

/** Each of the 65,536 numbers at the place of its bits. */
function tableOf(storage: Storage): Float32Array {
  const known = tables.get(storage);
  if (known) return known;
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const table = new Float32Array(bits.length);
  widenInto(table, 0, new Uint8Array(bits.buffer), formatOf(storage).dtype);
  tables.set(storage, table);
  return table;
}
