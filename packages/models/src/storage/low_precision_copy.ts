import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, disposeModel } from '../causal_lm';
import { createPacked, roundTo, wideNumbers, wideShape } from './packed_weight';
import { checkStorage, type Storage, storable } from './storage';

/**
 * A frozen copy whose matrices are kept in 16 bits, rounded to nearest, in half the memory: a reference. They are widened as
 * they are used, and all arithmetic is float32. Norms, biases, heads and adapters stay as they are.
 *
 * @returns a model of its own, to be disposed of beside the given one
 * @throws InputError for another storage, and for a weight that it cannot hold (beyond 65504 in float16)
 *
 * @example
 * const reference = referenceModel(await lowPrecisionCopy(policy, { storage: 'bfloat16' }));
 */
export async function lowPrecisionCopy(model: CausalLM, { storage }: { storage: Storage }): Promise<CausalLM> {
  checkStorage(storage);
  const isStorable = storable(model.config);
  const weights = new Map<string, tf.Variable>();
  try {
    for (const [name, weight] of model.weights) {
      const packed = isStorable(name)
        ? createPacked(roundTo(storage, name, await wideNumbers(model, weight)), wideShape(model, weight))
        : tf.tidy(() => tf.variable(tf.clone(weight), false));
      weights.set(name, packed);
    }
  } catch (error) {
    disposeModel({ weights });
    throw error;
  }
  return { ...model, weights, storage };
}
