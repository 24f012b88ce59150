import * as tf from '@tensorflow/tfjs-core';

/**
 * Adds the gradient of a loss to sums by weight, which start empty and are the caller's to dispose of.
 *
 * @returns the loss; the caller disposes of it
 */
export function addGradients(
  sums: Map<string, tf.Tensor>,
  weights: ReadonlyMap<string, tf.Variable>,
  loss: () => tf.Scalar,
): tf.Scalar {
  const { value, grads } = tf.variableGrads(loss, [...weights.values()]);
  for (const [name, weight] of weights) {
    const gradient = grads[weight.name] as tf.Tensor;
    const sum = sums.get(name);
    sums.set(name, sum ? tf.add(sum, gradient) : gradient);
    if (sum) tf.dispose([sum, gradient]);
  }
  return value;
}
