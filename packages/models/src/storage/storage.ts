import type * as tf from '@tensorflow/tfjs-core';
import { familyOf, type ModelConfig } from '../families/families';
import { InputError } from '../input_error';

/** What the matrices of a frozen model are kept in, where that is not float32. */
export type Storage = 'float16' | 'bfloat16';

/** @throws InputError for another storage than the two */
export function checkStorage(storage: Storage): void {
  if (storage === 'float16' || storage === 'bfloat16') return;
  throw new InputError(`storage is ${JSON.stringify(storage)}: known are float16, bfloat16.`);
}

/**
 * Which weights of a model of this config are kept in 16 bits where it has a storage: its matrices, but for those with an
 * odd number of columns. Norms, biases, heads and adapters stay float32.
 */
export function storable(config: ModelConfig): (weight: string) => boolean {
  const shapes = familyOf(config).shapes(config);
  return (weight) => {
    const shape = Object.hasOwn(shapes, weight) ? (shapes[weight] as readonly number[]) : [];
    return shape.length === 2 && (shape[1] as number) % 2 === 0;
  };
}

/** A model's weights are float32, except those that hold two numbers of 16 bits in each whole number. */
export function isPacked(weight: tf.Tensor): boolean {
  return weight.dtype === 'int32';
}

/** What a weight is kept in, where that is not float32. */
export function storageOf({ storage }: { readonly storage?: Storage }, weight: tf.Tensor): Storage | undefined {
  return isPacked(weight) ? storage : undefined;
}
