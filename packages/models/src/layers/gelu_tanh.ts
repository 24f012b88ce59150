import * as tf from '@tensorflow/tfjs-core';

const [root, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];

/**
 * Gaussian error linear unit in its tanh form, which some GPT-NeoX checkpoints were trained with:
 *
 *     y = x (1 + t) / 2,  t = tanh(sqrt(2 / pi) (x + 0.044715 x^3))
 *     dx = dy ((1 + t) + x (1 - t^2) sqrt(2 / pi) (1 + 3 x 0.044715 x^2)) / 2
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units".
 */
export function geluTanh<T extends tf.Tensor>(x: T): T {
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved[0] as tf.Tensor);
    return { value: tf.tidy(() => tf.mul(tf.mul(x, 0.5), tf.add(bend(x), 1))), gradFunc };
  });
  return operation(x) as T;
}

function bend(x: tf.Tensor): tf.Tensor {
  return tf.tanh(tf.mul(tf.mul(x, root), tf.add(tf.mul(tf.square(x), cubic), 1)));
}

function backward(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const t = bend(x);
    const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * cubic), 1), root);
    const slope = tf.add(tf.add(t, 1), tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), inner));
    return tf.mul(dy, tf.mul(slope, 0.5));
  });
}
