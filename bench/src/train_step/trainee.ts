import type * as tf from '@tensorflow/tfjs-core';

/** Of every optimiser that is measured. */
export const learningRate = 1e-4;

/** What a program trains: a model with its loss and its optimiser. */
export interface Trainee {
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /**
   * Mean negative log-probability of the labels.
   *
   * @param ids int32 [rows, tokens]
   * @param labels the token after each, int32 [rows x tokens]
   */
  loss(ids: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar;
  /** One update of the weights. The gradients stay the caller's. */
  update(gradients: ReadonlyMap<string, tf.Tensor>): void;
  /** Frees every tensor. */
  dispose(): void;
}
