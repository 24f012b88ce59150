import type { Variable } from '@tensorflow/tfjs-core';
import { createWeight, disposeModel } from '../causal_lm';
import type { ModelConfig } from '../families/families';
import { InputError } from '../input_error';
import { createPacked, roundTo } from '../storage/packed_weight';
import { type Storage, storable } from '../storage/storage';
import type { WeightTensor } from './expected_tensors';
import { formatOf } from './weight_format';
import { widenInto } from './widen';

/** Bytes read at once: little beside a model, and much beside the cost of a request. */
const chunkBytes = 2 ** 24;

/**
 * The weights of these tensors, one after the other; matrices in 16 bits where there is a storage. Where one cannot be read,
 * none stays.
 */
export async function readWeights(
  config: ModelConfig,
  tensors: ReadonlyMap<string, WeightTensor>,
  { storage, trainable }: { readonly storage?: Storage; readonly trainable: boolean },
): Promise<Map<string, Variable>> {
  const isStorable = storable(config);
  const weights = new Map<string, Variable>();
  try {
    for (const [name, tensor] of tensors) {
      const weight =
        storage && isStorable(name)
          ? createPacked(await readStored(name, tensor, storage), tensor.shape)
          : createWeight(await readTensor(name, tensor), tensor.shape, trainable);
      weights.set(name, weight);
    }
  } catch (error) {
    disposeModel({ weights });
    throw error;
  }
  return weights;
}

/** A tensor's numbers, as float32. */
export async function readTensor(name: string, tensor: WeightTensor): Promise<Float32Array> {
  const values = room(name, tensor.shape, Float32Array);
  const bytesPerNumber = (tensor.end - tensor.start) / values.length;
  for await (const [at, bytes] of chunks(tensor)) widenInto(values, at / bytesPerNumber, bytes, tensor.dtype);
  return values;
}

/** A tensor's numbers in 16 bits: as they are in the file, where they are of that type. */
async function readStored(name: string, tensor: WeightTensor, storage: Storage): Promise<Uint16Array<ArrayBuffer>> {
  if (tensor.dtype !== formatOf(storage).dtype) return roundTo(storage, name, await readTensor(name, tensor));
  const numbers = room(name, tensor.shape, Uint16Array);
  const target = new Uint8Array(numbers.buffer);
  for await (const [at, bytes] of chunks(tensor)) target.set(bytes, at);
  return numbers;
}

/** A tensor's bytes, and how many are before them. */
async function* chunks({ file, start, end }: WeightTensor): AsyncGenerator<[number, Uint8Array]> {
  for (let at = start; at < end; at += chunkBytes) {
    yield [at - start, await file.read(at, Math.min(at + chunkBytes, end))];
  }
}

function room<T>(name: string, shape: readonly number[], array: new (length: number) => T): T {
  const numbers = shape.reduce((product, size) => product * size, 1);
  try {
    return new array(numbers);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`Tensor ${name} has ${numbers} numbers, more than there is memory for.`);
  }
}
