import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes by a fused kernel where the current backend has registered one under this name, and by its definition in plain
 * TensorFlow.js everywhere else. Both give the same numbers within float32 rounding; a backend without the kernel loses
 * speed and nothing more.
 *
 * A backend package needs nothing of this one: it registers a kernel (`tf.registerKernel`) whose inputs, attributes and
 * outputs are those of the call.
 *
 * @param name of the kernel, with the prefix `Halokit`
 * @param definition the same outputs in plain TensorFlow.js
 * @example
 * const [sum] = fused('HalokitSumOfSquares', { x }, {}, () => [tf.sum(tf.square(x))]);
 */
export function fused<T extends readonly tf.Tensor[]>(
  name: `Halokit${string}`,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number | boolean | string>>,
  definition: () => T,
): T {
  if (!tf.getKernel(name, tf.getBackend())) return definition();
  const outputs = tf.engine().runKernel(name, { ...inputs }, { ...attributes });
  return (Array.isArray(outputs) ? outputs : [outputs]) as unknown as T;
}
