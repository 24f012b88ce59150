import * as tf from '@tensorflow/tfjs-core';
import { learningRate } from '../train_step/trainee';

const alpha = 0.99;
const epsilon = 1e-8;

type ByWeight<T extends tf.Tensor> = ReadonlyMap<string, T>;

/** Zeros for every weight, the running means of squared gradients. The caller disposes of them. */
export function createSquares(weights: ByWeight<tf.Variable>): ByWeight<tf.Variable> {
  return new Map(
    [...weights].map(([name, weight]) => [name, tf.tidy(() => tf.variable(tf.zeros(weight.shape), false))]),
  );
}

/**
 * RMSprop as in PyTorch, without momentum or centring:
 *
 *     v <- alpha v + (1 - alpha) g^2        w <- w - rate g / (sqrt(v) + epsilon)
 */
export function rmsprop(
  weights: ByWeight<tf.Variable>,
  gradients: ByWeight<tf.Tensor>,
  squares: ByWeight<tf.Variable>,
): void {
  tf.tidy(() => {
    for (const [name, weight] of weights) {
      const gradient = gradients.get(name) as tf.Tensor;
      const square = squares.get(name) as tf.Variable;
      const v = tf.add(tf.mul(square, alpha), tf.mul(tf.square(gradient), 1 - alpha));
      square.assign(v);
      weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(v), epsilon))));
    }
  });
}
