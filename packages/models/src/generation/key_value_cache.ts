import * as tf from '@tensorflow/tfjs-core';

interface Layer {
  readonly k: tf.Tensor4D;
  readonly v: tf.Tensor4D;
}

/**
 * Keys and values of everything seen so far, in tensors of one fixed shape, [rows, key-value heads, slots, head size]:
 * every step of a generation then runs the same graph. Slots not yet written hold 0 and must be masked.
 */
export class KeyValueCache {
  private readonly layers: Layer[] = [];

  constructor(readonly slots: number) {}

  /** Starts with the prompts: their positions fill the first slots. */
  readonly fill = (layer: number, k: tf.Tensor4D, v: tf.Tensor4D): Layer => {
    const pad = (x: tf.Tensor4D): tf.Tensor4D =>
      tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, this.slots - x.shape[2]],
        [0, 0],
      ]);
    this.replace(layer, { k: pad(k), v: pad(v) });
    return { k, v };
  };

  /** Writes one more token into a slot, and gives all slots back. */
  writer(slot: number): (layer: number, k: tf.Tensor4D, v: tf.Tensor4D) => Layer {
    const there = tf.tensor4d(
      Float32Array.from({ length: this.slots }, (_, i) => (i === slot ? 1 : 0)),
      [1, 1, this.slots, 1],
    );
    return (layer, k, v) => {
      const before = this.layers[layer] as Layer;
      const put = (old: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D => tf.add(old, tf.mul(x, there));
      return this.replace(layer, { k: put(before.k, k), v: put(before.v, v) });
    };
  }

  dispose(): void {
    for (const { k, v } of this.layers) tf.dispose([k, v]);
    this.layers.length = 0;
  }

  private replace(layer: number, next: Layer): Layer {
    const before = this.layers[layer];
    if (before) tf.dispose([before.k, before.v]);
    this.layers[layer] = { k: tf.keep(next.k), v: tf.keep(next.v) };
    return this.layers[layer] as Layer;
  }
}
