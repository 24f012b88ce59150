import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { memoryFiles } from '../../test/memory_files';
import { type NamedTensor, readTensorFile, tensorFileBytes } from './named_tensors';

beforeAll(() => tf.setBackend('cpu'));

async function bytesOf(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of tensorFileBytes(new Map(Object.entries(tensors)))) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}

async function read(bytes: Uint8Array): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for await (const tensor of readTensorFile(memoryFiles({ 'state.safetensors': bytes }), 'state.safetensors')) {
    tensors.push(tensor);
  }
  return tensors;
}

test('any names and shapes come back to the bit, those that are no numbers too', async () => {
  const numbers = Float32Array.of(-0, 1e-45, 3.4028234e38, Number.NaN, -Infinity, 1 / 3);
  const bytes = await bytesOf({ 'squares:w': tf.tensor2d(numbers, [2, 3]), 'means:w': tf.scalar(7) });
  const tensors = await read(bytes);
  expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['means:w', []],
    ['squares:w', [2, 3]],
  ]);
  expect(Buffer.from(tensors[1]?.numbers.buffer as ArrayBuffer)).toEqual(Buffer.from(numbers.buffer));
});

test('no tensors at all', async () => {
  expect(await read(await bytesOf({}))).toEqual([]);
});

test('what is not there or not whole is named', async () => {
  await expect(readTensorFile(memoryFiles({}), 'state.safetensors').next()).rejects.toThrow(
    /holds no state\.safetensors/,
  );
  const bytes = await bytesOf({ w: tf.tensor1d([1, 2]) });
  await expect(read(bytes.slice(0, -1))).rejects.toThrow('state.safetensors: tensor w claims bytes 0 to 8');
});
