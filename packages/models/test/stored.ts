import type * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, createWeight } from '../src/causal_lm';
import { wideNumbers, wideShape } from '../src/storage/packed_weight';

/** A float32 model of its own with the numbers that a model keeps in 16 bits. */
export async function widened(model: CausalLM): Promise<CausalLM> {
  const weights = new Map<string, tf.Variable>();
  for (const [name, weight] of model.weights) {
    weights.set(name, createWeight(await wideNumbers(model, weight), wideShape(model, weight), weight.trainable));
  }
  return { ...model, weights, storage: undefined };
}

/** Unit roundoff: rounding to nearest changes a number by at most this part of it. */
export const roundoff = { float16: 2 ** -11, bfloat16: 2 ** -8 } as const;
