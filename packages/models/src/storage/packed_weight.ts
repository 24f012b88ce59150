import * as tf from '@tensorflow/tfjs-core';
import { formatOf } from '../checkpoint/weight_format';
import { widenInto } from '../checkpoint/widen';
import { InputError } from '../input_error';
import { type Storage, storageOf } from './storage';

/**
 * Rounds numbers to 16 bits, to nearest and ties to even.
 *
 * @param name of the weight, for errors
 * @throws InputError for a finite number that the storage cannot hold
 */
export function roundTo(storage: Storage, name: string, values: Float32Array): Uint16Array<ArrayBuffer> {
  const { round, largest } = formatOf(storage);
  const target = new Uint16Array(values.length);
  const overflow = round?.(target, new Uint32Array(values.buffer, values.byteOffset, values.length));
  if (overflow === undefined) return target;
  const fix = storage === 'float16' ? 'bfloat16, or leave storage out' : 'no storage';
  throw new InputError(
    `Tensor ${name} holds ${values[overflow]}, beyond ${largest}, the largest ${storage}: it would become infinite. ` +
      `Take ${fix}.`,
  );
}

/** A frozen weight from numbers of 16 bits, [rows, columns]; its tensor is int32 [rows, columns / 2], the first number low. */
export function createPacked(numbers: Uint16Array<ArrayBuffer>, [rows, columns]: readonly number[]): tf.Variable {
  const pairs = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length / 2);
  const shape: [number, number] = [rows as number, (columns as number) / 2];
  return tf.tidy(() => tf.variable(tf.tensor2d(pairs, shape, 'int32'), false));
}

/** The shape of a weight as its layer sees it. */
export function wideShape(model: { readonly storage?: Storage }, weight: tf.Tensor): number[] {
  const [rows, pairs] = weight.shape as [number, number];
  return storageOf(model, weight) ? [rows, 2 * pairs] : weight.shape;
}

/** The numbers of a weight as float32, whatever it is kept in. */
export async function wideNumbers(model: { readonly storage?: Storage }, weight: tf.Tensor): Promise<Float32Array> {
  const storage = storageOf(model, weight);
  if (!storage) return weight.data<'float32'>();
  const pairs = await weight.data<'int32'>();
  const values = new Float32Array(2 * pairs.length);
  const bytes = new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength);
  widenInto(values, 0, bytes, formatOf(storage).dtype);
  return values;
}
