import * as tf from '@tensorflow/tfjs-core';
import { untaped } from '../layers/untaped';

/** The same numbers without their origin: a gradient that arrives here ends, and nothing before is computed for it. */
export function detach<T extends tf.Tensor>(x: T): T {
  return untaped(() => tf.clone(x));
}
