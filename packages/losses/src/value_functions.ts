import * as tf from '@tensorflow/tfjs-core';
import type { ValueFunction } from './contract';

/** v(z) = sigma(z): KTO's. Concave in gains, convex in losses, and as sensitive to the one as to the other. */
export const logistic: ValueFunction = {
  name: 'logistic',
  value: (z) => tf.sigmoid(z),
  // 1 - sigma(z) = sigma(-z), which keeps its digits where z is large.
  loss: (z) => tf.sigmoid(tf.neg(z)),
};

/** v(z) = log sigma(z): DPO's. Concave everywhere: what is wrong weighs ever more, what is right ever less. */
export const logSigmoid: ValueFunction = {
  name: 'log-sigmoid',
  // log sigma(z) = -softplus(-z). tf.logSigmoid would lose its input before the backward pass.
  value: (z) => tf.neg(tf.softplus(tf.neg(z))),
  loss: (z) => tf.softplus(tf.neg(z)),
};

/** v(z) = z: risk-neutral. */
export const linear: ValueFunction = {
  name: 'linear',
  value: (z) => tf.mul(z, 1),
  loss: (z) => tf.neg(z),
};

/** v(z) = min(0, z - margin): SLiC's. What is right by the margin is right enough. */
export function hingeValue(margin = 1): ValueFunction {
  return {
    name: 'hinge',
    value: (z) => tf.minimum(tf.sub<tf.Tensor1D>(z, margin), 0),
    loss: (z) => tf.relu(tf.sub<tf.Tensor1D>(margin, z)),
  };
}

/** Inside this distance from 0 the function of Kahneman and Tversky is made linear. */
const straight = 1e-3;

/**
 * The value function that Kahneman and Tversky measured: concave in gains, convex in losses, and steeper in losses.
 *
 *     v(z) = z^alpha                  z >= 0
 *     v(z) = -lambda (-z)^alpha       z < 0
 *
 * Its slope is infinite at 0, where training starts, so it is linear within |z| < 1e-3: the chord from 0, of slope
 * 1e-3^(alpha - 1), lambda times that in losses. Outside it is exact.
 *
 * @param alpha how fast sensitivity diminishes, in (0, 1]; the median of their subjects was 0.88
 * @param lambda how much more a loss weighs than a gain; the median was 2.25
 * @throws RangeError for an alpha outside (0, 1] or a lambda that is not positive
 *
 * Source: Tversky and Kahneman, "Advances in Prospect Theory", 1992, section 2.
 */
export function kahnemanTversky({ alpha = 0.88, lambda = 2.25 } = {}): ValueFunction {
  if (!(alpha > 0 && alpha <= 1)) throw new RangeError(`alpha is ${alpha}: give a number above 0 and at most 1.`);
  if (!(lambda > 0)) throw new RangeError(`lambda is ${lambda}: give a positive number.`);
  const power = (size: tf.Tensor1D): tf.Tensor1D => {
    const curved = tf.sub(tf.pow(tf.maximum(size, straight), alpha), straight ** alpha);
    return tf.add<tf.Tensor1D>(tf.mul(tf.minimum(size, straight), straight ** (alpha - 1)), curved);
  };
  // At 0 itself the maximum passes the gradient and relu does not: the slope there is that of gains.
  const value = (z: tf.Tensor1D): tf.Tensor1D =>
    tf.sub<tf.Tensor1D>(power(tf.maximum(z, 0)), tf.mul(power(tf.relu(tf.neg(z))), lambda));
  return { name: 'Kahneman-Tversky', value, loss: (z) => tf.neg(value(z)) };
}

/** straight v(z) + flipped v(-z): a value function under labels of which some are taken for wrong. */
export function mixed(v: ValueFunction, straight: number, flipped: number): ValueFunction {
  if (straight === 1 && flipped === 0) return v;
  const both = (f: (z: tf.Tensor1D) => tf.Tensor1D) => (z: tf.Tensor1D) =>
    tf.add<tf.Tensor1D>(tf.mul(f(z), straight), tf.mul(f(tf.neg(z)), flipped));
  return { name: `${v.name}, labels mixed`, value: both(v.value), loss: both(v.loss) };
}

/** v(z - by): a gain counts from `by` on. */
export function shifted(v: ValueFunction, by: number): ValueFunction {
  const moved = (z: tf.Tensor1D): tf.Tensor1D => tf.sub(z, by);
  return { name: `${v.name}, from ${by}`, value: (z) => v.value(moved(z)), loss: (z) => v.loss(moved(z)) };
}
