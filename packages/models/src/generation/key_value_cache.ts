import * as tf from '@tensorflow/tfjs-core';
import { familyOf, type ModelConfig } from '../families/families';
import type { PassContext, Positions } from '../families/family';
import { writeRows } from './write_rows';

/**
 * Keys and values of everything seen so far. Every row of a batch has `slots` places of its own, and the token at position
 * p stands in slot p. Passes that write to other slots run the same graph, and where the backend can, they write over the
 * old tensors. Slots not yet written hold anything and must be masked.
 */
export class KeyValueCache {
  /** Of each layer keys, then values, [rows x key-value heads x slots, head size]. */
  private kept: readonly tf.Tensor2D[];
  private readonly heads: number;

  constructor(
    config: ModelConfig,
    rows: number,
    private space: number,
  ) {
    this.heads = familyOf(config).keyValueHeads(config);
    const shape: [number, number] = [rows * this.heads * space, config.headSize];
    this.kept = Array.from({ length: 2 * config.numLayers }, () => tf.keep(tf.zeros<tf.Rank.R2>(shape)));
  }

  get slots(): number {
    return this.space;
  }

  get tables(): readonly tf.Tensor2D[] {
    return this.kept;
  }

  /** Where in a table each token of each head of each row goes. @param slots of each token, a list a row */
  places(slots: Positions): tf.Tensor1D {
    const { heads, space } = this;
    const lists = slots.flatMap((list, row) =>
      Array.from({ length: heads }, (_, head) => list.map((slot) => (row * heads + head) * space + slot)),
    );
    return tf.tensor1d(Int32Array.from(lists.flat()), 'int32');
  }

  /** Takes the tables that a pass has written in place of its own. */
  replace(written: readonly tf.Tensor2D[]): void {
    for (const table of this.kept) table.dispose();
    this.kept = written.map((table) => tf.keep(table));
  }

  /** Makes room for more slots. */
  grow(slots: number): void {
    const longer = (table: tf.Tensor2D): tf.Tensor2D => {
      const [height, size] = table.shape;
      const lists = height / this.space;
      const places = Int32Array.from({ length: height }, (_, i) => {
        const list = Math.floor(i / this.space);
        return list * slots + (i - list * this.space);
      });
      const empty = tf.zeros<tf.Rank.R2>([lists * slots, size]);
      return writeRows(empty, tf.tensor1d(places, 'int32'), table);
    };
    this.replace(tf.tidy(() => this.kept.map(longer)));
    this.space = slots;
  }

  /** Waits until the numbers are there. A pass behind it then runs the same graph whatever was before. */
  async settle(): Promise<void> {
    const number = tf.slice(this.kept.at(-1) as tf.Tensor2D, [0, 0], [1, 1]);
    try {
      await number.data();
    } finally {
      number.dispose();
    }
  }

  dispose(): void {
    this.replace([]);
  }
}

/** What a pass remembers by, and the tables as it leaves them. */
interface Memory {
  readonly remember: NonNullable<PassContext['remember']>;
  readonly written: readonly tf.Tensor2D[];
}

/**
 * Puts the keys and values of a pass into their places, and gives a layer all that stand in its tables.
 *
 * @param tables of each layer keys, then values
 * @param places as `KeyValueCache.places` gives them
 */
export function memoryOf(tables: readonly tf.Tensor2D[], places: tf.Tensor1D): Memory {
  const written: tf.Tensor2D[] = [];
  const write = (table: number, x: tf.Tensor4D): tf.Tensor4D => {
    const [rows, heads, , size] = x.shape;
    const after = tf.keep(writeRows(tables[table] as tf.Tensor2D, places, tf.reshape(x, [-1, size])));
    written[table] = after;
    return tf.reshape(after, [rows, heads, -1, size]);
  };
  return { written, remember: (layer, k, v) => ({ k: write(2 * layer, k), v: write(2 * layer + 1, v) }) };
}
