import * as tf from '@tensorflow/tfjs-core';
import type { Storage } from './storage';
import { widen } from './widen';

/**
 * x W^T with a frozen matrix that is kept in 16 bits, in float32: dx = dy W. It is widened for the product, and again for
 * the gradient, and kept for neither.
 *
 * @param x [rows, in]
 * @param packed W [out, in], as `widen` takes it
 */
export function storedProduct(x: tf.Tensor2D, packed: tf.Tensor2D, storage: Storage): tf.Tensor2D {
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc];
    save([packed]);
    const gradFunc = (dy: tf.Tensor, [packed]: tf.Tensor[]) =>
      tf.tidy(() => tf.matMul(dy as tf.Tensor2D, widen(packed as tf.Tensor, storage)));
    return { value: tf.matMul(x, widen(packed, storage), false, true), gradFunc };
  });
  return operation(x) as tf.Tensor2D;
}
