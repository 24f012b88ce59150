import * as tf from '@tensorflow/tfjs-core';
import { loss } from './loss';
import type { Model } from './model';

const learningRate = 1e-4;
const alpha = 0.99;
const epsilon = 1e-8;

/** The running mean of each weight's squared gradient. */
export type Squares = ReadonlyMap<string, tf.Variable>;

/** Zeros for every weight. The caller disposes of them. */
export function createSquares({ weights }: Model): Squares {
  return new Map(
    [...weights].map(([name, weight]) => [name, tf.tidy(() => tf.variable(tf.zeros(weight.shape), false))]),
  );
}

/**
 * One training step: loss, all gradients, and RMSprop as in PyTorch:
 *
 *     v <- alpha v + (1 - alpha) g^2        w <- w - rate g / (sqrt(v) + epsilon)
 *
 * @returns the loss before the update; the caller disposes of it
 */
export function trainStep(model: Model, squares: Squares, ids: tf.Tensor1D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => loss(model, ids, labels), [...model.weights.values()]);
    for (const [name, weight] of model.weights) {
      const gradient = grads[weight.name] as tf.Tensor;
      const square = squares.get(name) as tf.Variable;
      const v = tf.add(tf.mul(square, alpha), tf.mul(tf.square(gradient), 1 - alpha));
      square.assign(v);
      weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(v), epsilon))));
    }
    return value;
  });
}
