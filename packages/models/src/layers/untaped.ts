import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes something that a gradient neither reaches nor passes: nothing of it is recorded, and nothing kept for a backward
 * pass.
 */
export function untaped<T extends tf.Tensor>(compute: () => T): T {
  // What happens inside a custom operation is not recorded, and this one has no inputs that a gradient could go to.
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))() as T;
}
