import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/**
 * Layer normalisation over the last axis: n = (x - mean) / sqrt(variance + epsilon), y = n weight + bias, biased variance.
 *
 *     dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon),  g = dy weight
 *     dweight = sum dy n        dbias = sum dy
 *
 * Kernels: `HalokitLayerNorm` (x, weight, bias; epsilon) to y, mean and inverse deviation [..., 1];
 * `HalokitLayerNormGrad` (dy, x, weight, mean, inverse) to dx, dweight, dbias.
 *
 * Source: Ba et al., "Layer Normalization".
 *
 * @param x [..., width]
 * @param weight [width], as is `bias`
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const operation = tf.customGrad((...inputs) => {
    const [x, weight, bias, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, mean, inverse] = fused('HalokitLayerNorm', { x, weight, bias }, { epsilon }, () =>
      forward(x, weight, bias, epsilon),
    );
    save([x, weight, mean, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, weight, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return [
        ...fused('HalokitLayerNormGrad', { dy, x, weight, mean, inverse }, {}, () =>
          backward(dy, x, weight, mean, inverse),
        ),
      ];
    };
    return { value, gradFunc };
  });
  return operation(x, weight, bias);
}

function forward(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number) {
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centred, inverse), weight), bias), mean, inverse] as const;
}

function backward(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor, mean: tf.Tensor, inverse: tf.Tensor) {
  return tf.tidy(() => {
    const normal = tf.mul(tf.sub(x, mean), inverse);
    const g = tf.mul(dy, weight);
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse);
    const rows = [...Array(x.shape.length - 1).keys()];
    return [dx, tf.sum(tf.mul(dy, normal), rows), tf.sum(dy, rows)] as [tf.Tensor, tf.Tensor, tf.Tensor];
  });
}
