import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/**
 * Gaussian error linear unit in its exact form: x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2.
 *
 *     dx = dy (Phi(x) + x phi(x)),  phi(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *
 * Kernels: `HalokitGelu` (x); `HalokitGeluGrad` (dy, x).
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units".
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const [value] = fused('HalokitGelu', { x }, {}, () => [tf.mul(x, normalCdf(x))] as const);
    save([x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x] = saved as [tf.Tensor];
      return [...fused('HalokitGeluGrad', { dy, x }, {}, () => [backward(dy, x)] as const)];
    };
    return { value, gradFunc };
  });
  return operation(x) as T;
}

function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

function backward(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(normalCdf(x), tf.mul(x, density)));
  });
}
