import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { linear } from '../layers/linear';
import { detach } from './detach';
import { addHead, type Head, weightsOf } from './head';

export const valueHead: Head = {
  name: 'value',
  weights: ({ hiddenSize: width }) => ({
    'value_head.0.weight': { shape: [width, width], deviation: Math.sqrt(2 / width) },
    'value_head.0.bias': { shape: [width], deviation: 0 },
    'value_head.2.weight': { shape: [width, width], deviation: Math.sqrt(2 / width) },
    'value_head.2.bias': { shape: [width], deviation: 0 },
    'value_head.4.weight': { shape: [1, width], deviation: 1 / (width + 1) },
    'value_head.4.bias': { shape: [1], deviation: 0 },
  }),
};

/**
 * Gives a model a value head, which estimates the return that is yet to come (PPO's baseline). It is a perceptron on the
 * last hidden state h, whose gradient reaches the head and no further:
 *
 *     value = W4 relu(W2 relu(W0 h + b0) + b2) + b4        W0, W2 [width, width], W4 [1, width]
 *
 * The weights are `value_head.0.weight`, `.bias`, `value_head.2.*` and `value_head.4.*`, as PyTorch numbers a Sequential.
 * Hidden layers start with deviation sqrt(2 / width) (He), the last with 1 / (width + 1), so that values start near 0.
 *
 * @returns a model that takes the given one's place: their common weights are the same variables, to be disposed of once
 * @throws InputError when the model has a value head already
 */
export function addValueHead(model: CausalLM, { seed }: { seed: number }): CausalLM {
  return addHead(model, valueHead, seed);
}

/** The head's estimate at each hidden state: [states, width] to [states]. */
export function valuesAt(model: CausalLM, states: tf.Tensor2D): tf.Tensor1D {
  const [w0, b0, w2, b2, w4, b4] = weightsOf(model, valueHead) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const first = tf.relu(linear(detach(states), w0, b0));
  const second = tf.relu(linear(first, w2, b2));
  return tf.reshape(linear(second, w4, b4), [-1]) as tf.Tensor1D;
}
