import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { linear } from '../layers/linear';
import { addHead, type Head, weightsOf } from './head';

export const rewardHead: Head = {
  name: 'reward',
  weights: ({ hiddenSize, initializerRange }) => ({
    'score.weight': { shape: [1, hiddenSize], deviation: initializerRange },
  }),
};

/**
 * Gives a model a reward head, which makes it score whole responses: Hugging Face's sequence classification with one label,
 *
 *     score = w . h        w = `score.weight` [1, width], h the last hidden state at the response's last token
 *
 * Its gradient reaches the whole model. It starts with deviation `initializerRange`, as there.
 *
 * @returns a model that takes the given one's place: their common weights are the same variables, to be disposed of once
 * @throws InputError when the model has a reward head already
 */
export function addRewardHead(model: CausalLM, { seed }: { seed: number }): CausalLM {
  return addHead(model, rewardHead, seed);
}

/** The head's score of each hidden state: [states, width] to [states]. */
export function scoresAt(model: CausalLM, states: tf.Tensor2D): tf.Tensor1D {
  const [weight] = weightsOf(model, rewardHead) as [tf.Tensor];
  return tf.reshape(linear(states, weight), [-1]) as tf.Tensor1D;
}
