import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/**
 * Root-mean-square normalisation over the last axis: n = x / sqrt(mean(x^2) + epsilon), y = n weight.
 *
 *     dx = (g - n mean(g n)) / sqrt(mean(x^2) + epsilon),  g = dy weight        dweight = sum dy n
 *
 * Kernels: `HalokitRmsNorm` (x, weight; epsilon) to y and inverse root [..., 1]; `HalokitRmsNormGrad`
 * (dy, x, weight, inverse) to dx, dweight.
 *
 * Source: Zhang and Sennrich, "Root Mean Square Layer Normalization".
 *
 * @param x [..., width]
 * @param weight [width]
 */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor {
  const operation = tf.customGrad((...inputs) => {
    const [x, weight, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, inverse] = fused('HalokitRmsNorm', { x, weight }, { epsilon }, () => forward(x, weight, epsilon));
    save([x, weight, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, weight, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      return [...fused('HalokitRmsNormGrad', { dy, x, weight, inverse }, {}, () => backward(dy, x, weight, inverse))];
    };
    return { value, gradFunc };
  });
  return operation(x, weight);
}

function forward(x: tf.Tensor, weight: tf.Tensor, epsilon: number) {
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
  return [tf.mul(tf.mul(x, inverse), weight), inverse] as const;
}

function backward(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor, inverse: tf.Tensor) {
  return tf.tidy(() => {
    const normal = tf.mul(x, inverse);
    const g = tf.mul(dy, weight);
    const dx = tf.mul(tf.sub(g, tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true))), inverse);
    return [dx, tf.sum(tf.mul(dy, normal), [...Array(x.shape.length - 1).keys()])] as [tf.Tensor, tf.Tensor];
  });
}
