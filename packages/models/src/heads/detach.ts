import * as tf from '@tensorflow/tfjs-core';

/** The same numbers without their origin: a gradient that arrives here ends, and nothing before is computed for it. */
export function detach<T extends tf.Tensor>(x: T): T {
  // What happens inside a custom operation is not recorded, and this one has no inputs that a gradient could go to.
  return tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => [] }))() as T;
}
