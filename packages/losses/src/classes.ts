import * as tf from '@tensorflow/tfjs-core';

/** What a class of binary feedback weighs in the loss. */
export interface ClassWeights {
  /** lambda_D, the weight of desirable examples. */
  readonly desirableWeight?: number;
  /** lambda_U, the weight of undesirable examples. */
  readonly undesirableWeight?: number;
}

/** +1 for a desirable example, -1 for an undesirable one, [rows]. */
export function signs(desirable: tf.Tensor1D): tf.Tensor1D {
  return tf.sub<tf.Tensor1D>(tf.mul(desirable, 2), 1);
}

/** The weight of each example's class, [rows]. */
export function classWeights(
  desirable: tf.Tensor1D,
  { desirableWeight, undesirableWeight }: Required<ClassWeights>,
): tf.Tensor1D {
  return tf.add<tf.Tensor1D>(tf.mul(desirable, desirableWeight - undesirableWeight), undesirableWeight);
}
