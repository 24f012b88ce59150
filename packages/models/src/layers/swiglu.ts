import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/**
 * Gated unit of Llama's MLP: silu(gate) x up, silu(x) = x s, s = sigma(x).
 *
 *     dgate = dy up (s + gate s (1 - s))        dup = dy gate s
 *
 * Kernels: `HalokitSwiglu` (gate, up); `HalokitSwigluGrad` (dy, gate, up) to dgate, dup.
 *
 * Source: Shazeer, "GLU Variants Improve Transformer".
 */
export function swiglu<T extends tf.Tensor>(gate: T, up: T): T {
  const operation = tf.customGrad((...inputs) => {
    const [gate, up, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value] = fused(
      'HalokitSwiglu',
      { gate, up },
      {},
      () => [tf.mul(tf.mul(gate, tf.sigmoid(gate)), up)] as const,
    );
    save([gate, up]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [gate, up] = saved as [tf.Tensor, tf.Tensor];
      return [...fused('HalokitSwigluGrad', { dy, gate, up }, {}, () => backward(dy, gate, up))];
    };
    return { value, gradFunc };
  });
  return operation(gate, up) as T;
}

function backward(dy: tf.Tensor, gate: tf.Tensor, up: tf.Tensor) {
  return tf.tidy(() => {
    const s = tf.sigmoid(gate);
    const silu = tf.mul(gate, s);
    const slope = tf.add(s, tf.mul(silu, tf.sub(1, s)));
    return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, silu)] as [tf.Tensor, tf.Tensor];
  });
}
