import * as tf from '@tensorflow/tfjs-core';
import type { PassContext } from '../families/family';
import { writeRows } from './write_rows';

/** Keys and values of a layer, [rows x key-value heads x slots, head size]. */
interface Layer {
  readonly k: tf.Tensor2D;
  readonly v: tf.Tensor2D;
}

/**
 * Keys and values of everything seen so far. Every row of a batch has `slots` places of its own, and the token at position
 * p stands in slot p. Passes that write to other slots run the same graph, and where the backend can, they write over the
 * old tensors. Slots not yet written hold anything and must be masked.
 */
export class KeyValueCache {
  private layers: Layer[] = [];

  constructor(private space: number) {}

  get slots(): number {
    return this.space;
  }

  /**
   * What a pass remembers by: it puts the keys and values of its tokens into their slots, and gives all slots back.
   *
   * @param slots of each token, a list a row
   */
  writer(slots: readonly (readonly number[])[]): NonNullable<PassContext['remember']> {
    let list: Int32Array | undefined;
    return (layer, k, v) => {
      const [rows, heads, , size] = k.shape;
      list ??= placesOf(slots, heads, this.space);
      const places = tf.tensor1d(list, 'int32');
      const before = this.layers[layer];
      const write = (table: tf.Tensor2D | undefined, x: tf.Tensor4D): tf.Tensor2D => {
        const known = table ?? tf.zeros<tf.Rank.R2>([rows * heads * this.space, size]);
        return tf.keep(writeRows(known, places, tf.reshape(x, [-1, size])));
      };
      const after = { k: write(before?.k, k), v: write(before?.v, v) };
      this.layers[layer] = after;
      if (before) tf.dispose([before.k, before.v]);
      const shape = [rows, heads, this.space, size] as const;
      return { k: tf.reshape(after.k, [...shape]), v: tf.reshape(after.v, [...shape]) };
    };
  }

  /** Makes room for more slots. */
  grow(slots: number): void {
    const before = this.layers;
    const longer = (table: tf.Tensor2D): tf.Tensor2D => {
      const [height, size] = table.shape;
      const lists = height / this.space;
      const places = Int32Array.from({ length: height }, (_, i) => {
        const list = Math.floor(i / this.space);
        return list * slots + (i - list * this.space);
      });
      const empty = tf.zeros<tf.Rank.R2>([lists * slots, size]);
      return tf.keep(writeRows(empty, tf.tensor1d(places, 'int32'), table));
    };
    this.layers = tf.tidy(() => before.map(({ k, v }) => ({ k: longer(k), v: longer(v) })));
    for (const { k, v } of before) tf.dispose([k, v]);
    this.space = slots;
  }

  /** Waits until the numbers are there. A pass behind it then runs the same graph whatever was before. */
  async settle(): Promise<void> {
    const last = this.layers.at(-1);
    if (!last) return;
    const number = tf.slice(last.v, [0, 0], [1, 1]);
    try {
      await number.data();
    } finally {
      number.dispose();
    }
  }

  dispose(): void {
    for (const { k, v } of this.layers) tf.dispose([k, v]);
    this.layers = [];
  }
}

/** Where in a table each token of each head of each row goes. */
function placesOf(slots: readonly (readonly number[])[], heads: number, space: number): Int32Array {
  const lists = slots.flatMap((list, row) =>
    Array.from({ length: heads }, (_, head) => list.map((slot) => (row * heads + head) * space + slot)),
  );
  return Int32Array.from(lists.flat());
}
