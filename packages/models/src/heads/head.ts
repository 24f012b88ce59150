import type * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, createWeight } from '../causal_lm';
import type { ModelConfig } from '../families/families';
import { InputError } from '../input_error';
import { fillNormal, randomStream } from '../random_stream';

/** What stands on a model's hidden states beside its vocabulary, with weights of its own. */
export interface Head {
  readonly name: 'value' | 'reward';
  /** Every weight by its checkpoint name: its shape, and the standard deviation that its first numbers are drawn with. */
  weights(config: ModelConfig): Readonly<Record<string, HeadWeight>>;
}

interface HeadWeight {
  readonly shape: readonly number[];
  readonly deviation: number;
}

/**
 * A model with the weights of both: the model's own stay the same variables. The first numbers are drawn on the host, so
 * that every backend gets the same.
 *
 * @throws InputError when the model has such a head already
 */
export function addHead(model: CausalLM, head: Head, seed: number): CausalLM {
  if (has(model, head)) throw new InputError(`The model has a ${head.name} head already: train the one it has.`);
  const random = randomStream(seed);
  const added = Object.entries(head.weights(model.config)).map(([name, { shape, deviation }]) => {
    const values = new Float32Array(shape.reduce((size, n) => size * n, 1));
    if (deviation > 0) fillNormal(values, deviation, random);
    return [name, createWeight(values, shape, true)] as const;
  });
  return { ...model, weights: new Map([...model.weights, ...added]) };
}

export function has({ config, weights }: CausalLM, head: Head): boolean {
  return Object.keys(head.weights(config)).every((name) => weights.has(name));
}

/**
 * A head's weights, in the order in which it names them.
 *
 * @throws InputError when the model has no such head
 */
export function weightsOf(model: CausalLM, head: Head): tf.Tensor[] {
  if (!has(model, head)) {
    const add = head.name === 'value' ? 'addValueHead' : 'addRewardHead';
    throw new InputError(`The model needs a ${head.name} head and has none: ${add}(model, { seed }) gives it one.`);
  }
  return Object.keys(head.weights(model.config)).map((name) => model.weights.get(name) as tf.Tensor);
}
