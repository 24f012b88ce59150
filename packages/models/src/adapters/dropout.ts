import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { randomStream } from '../random_stream';

/**
 * The same model with its adapter's dropout on, for a pass whose gradient is taken. Equal draws drop equal inputs, on every
 * backend, also where a layer is computed twice; every linear layer has its own. A model without adapter or dropout is
 * given back as it is.
 *
 * @param draw any text that no other pass has, such as seed, step and microbatch
 */
export function withDropout(model: CausalLM, draw: string): CausalLM {
  const { adapter } = model;
  return adapter && adapter.dropout > 0 ? { ...model, adapter: { ...adapter, draw } } : model;
}

/**
 * Which inputs dropout keeps, each but `share` of them by chance. Drawn on the host, for the ones that are dropped alone:
 * the distance from one to the next is geometric, floor(log u / log(1 - share)).
 */
export function keptInputs(shape: readonly [number, number], share: number, draw: string): tf.Tensor2D {
  const kept = new Uint8Array(shape[0] * shape[1]).fill(1);
  const random = randomStream(hash(draw));
  const rate = Math.log(1 - share);
  for (let i = -1; i < kept.length; ) {
    // From 2^-33 to 1 - 2^-33: never 0, whose logarithm is none.
    const u = ((random.next() >>> 0) + 0.5) / 2 ** 32;
    i += 1 + Math.floor(Math.log(u) / rate);
    if (i < kept.length) kept[i] = 0;
  }
  return tf.tensor2d(kept, [shape[0], shape[1]], 'bool');
}

/**
 * factor (x o kept) A^T, and from it factor (dh A) o kept and factor dh^T (x o kept). The backward pass keeps a byte for
 * each input, where it would keep the masked inputs of every linear layer.
 */
export function projectKept(x: tf.Tensor2D, a: tf.Tensor2D, kept: tf.Tensor2D, factor: number): tf.Tensor2D {
  const operation = tf.customGrad((...inputs) => {
    const [x, a, save] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x, a, kept]);
    const value = tf.tidy(() => tf.mul(tf.matMul(masked(x, kept), a, false, true), factor));
    const gradFunc = (dh: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, a, kept] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const scaled = tf.mul(dh, factor) as tf.Tensor2D;
      return [masked(tf.matMul(scaled, a), kept), tf.matMul(scaled, masked(x, kept), true, false)];
    };
    return { value, gradFunc };
  });
  return operation(x, a) as tf.Tensor2D;
}

function masked(x: tf.Tensor2D, kept: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.cast(kept, 'float32'));
}

/** 32 bits of a text (FNV-1a). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits;
}
