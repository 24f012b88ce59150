import { rmSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Double, type Place, tensorflowPlace } from '../../test/tensorflow_double';
import { backendWords, chooseBackend } from '../backend';
import { InputError } from '../input_error';

let places: Place[] = [];
const nodePath = process.env.NODE_PATH;
beforeAll(() => {
  // Or what a package manager puts there is found from everywhere.
  setNodePath(undefined);
  tf.env().set('PROD', true);
});
afterEach(async () => {
  for (const { folder } of places) rmSync(folder, { recursive: true });
  places = [];
  await tf.setBackend('cpu');
  if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) tf.unregisterKernel(kernelName, 'tensorflow');
});
afterAll(() => setNodePath(nodePath));

function setNodePath(path: string | undefined): void {
  if (path === undefined) delete process.env.NODE_PATH;
  else process.env.NODE_PATH = path;
  (Module as unknown as { _initPaths(): void })._initPaths();
}

function place(doubles: Readonly<Record<string, Double>>, options?: { ownCore: boolean }): Place {
  const made = tensorflowPlace(doubles, options);
  places.push(made);
  return made;
}

const asked = ({ from }: Place) => chooseBackend('tensorflow', {}, from);

describe('which one computes is said, and on what', () => {
  const cases: [string, Record<string, Double>, string][] = [
    [
      'the package for GPUs, with one',
      { 'tfjs-node-gpu': { usesGpu: true }, 'tfjs-node': {} },
      'TensorFlow 2.9.1 on the GPU (@tensorflow/tfjs-node-gpu)',
    ],
    [
      'the package for GPUs, without one',
      { 'tfjs-node-gpu': {} },
      'TensorFlow 2.9.1 on the processor (@tensorflow/tfjs-node-gpu, which found no GPU, or not CUDA 11.2 and cuDNN 8.1)',
    ],
    [
      'the other, where that is not installed',
      { 'tfjs-node': {} },
      'TensorFlow 2.9.1 on the processor (@tensorflow/tfjs-node); @tensorflow/tfjs-node-gpu is not installed',
    ],
    [
      'the other, where that does not start',
      { 'tfjs-node-gpu': { first: 'throw new Error("Tensor on fire\\nmore")' }, 'tfjs-node': {} },
      'TensorFlow 2.9.1 on the processor (@tensorflow/tfjs-node); @tensorflow/tfjs-node-gpu failed as it started: Tensor on fire',
    ],
  ];

  test.each(cases)('%s', async (_, doubles, notice) => {
    const chosen = await asked(place(doubles));
    expect(backendWords(chosen)).toBe(notice);
    expect(chosen.name).toBe('tensorflow');
    expect(tf.getBackend()).toBe('tensorflow');
  });
});

describe('where none loads, it is an error that says of each what is missing and what helps', () => {
  const dlopen = (message: string) =>
    `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'ERR_DLOPEN_FAILED' });`;
  const gpu = (first: string) => ({ 'tfjs-node-gpu': { first } });
  const cases: [string, Record<string, Double>, RegExp][] = [
    [
      'not installed',
      {},
      /tfjs-node-gpu is not installed\. npm install @tensorflow\/tfjs-node-gpu@4\.22\.0; @tensorflow\/tfjs-node is not installed\. npm install @tensorflow\/tfjs-node@4\.22\.0\. .*--backend onnxruntime needs nothing/,
    ],
    [
      'no native library',
      { 'tfjs-node': { hasLibrary: false } },
      /tfjs-node is installed, but its native library is missing, because its install script was blocked or failed\. npm --prefix \S+@tensorflow[/\\]tfjs-node run install\./,
    ],
    [
      'no CUDA',
      gpu(dlopen('libcudart.so.11.0: cannot open shared object file: No such file or directory')),
      /tfjs-node-gpu has a native library that did not load: libcudart.so.11.0: cannot open .*\. Install CUDA 11\.2/,
    ],
    [
      'another library missing',
      gpu(dlopen('libtensorflow.so.2: cannot open shared object file: No such file or directory')),
      /did not load: libtensorflow.so.2: .*\. npm --prefix \S+ run install;/,
    ],
    [
      'a package missing',
      gpu("require('google-protobuf-no-more')"),
      /tfjs-node-gpu needs google-protobuf-no-more, which is not installed\. npm install google-protobuf-no-more;/,
    ],
  ];

  test.each(cases)('%s', async (_, doubles, message) => {
    const failed = asked(place(doubles));
    await expect(failed).rejects.toThrow(InputError);
    await expect(failed).rejects.toThrow(message);
  });
});

describe('auto takes TensorFlow where it has a GPU, and else ONNX Runtime', () => {
  const here = '; @tensorflow/tfjs-node-gpu';
  const cases: [string, Double, string, string][] = [
    ['a GPU', { usesGpu: true }, 'tensorflow', 'TensorFlow 2.9.1 on the GPU (@tensorflow/tfjs-node-gpu)'],
    ['none', {}, 'onnxruntime', `1 thread${here} is here, but found no GPU, or not CUDA 11.2 and cuDNN 8.1`],
    ['a failure', { first: 'throw new Error("no")' }, 'onnxruntime', `1 thread${here} failed as it started: no`],
    ['no library', { hasLibrary: false }, 'onnxruntime', 'ONNX Runtime, 1 thread'],
  ];

  test.each(cases)('%s', async (_, gpu, name, notice) => {
    const chosen = await chooseBackend('auto', { threads: 1 }, place({ 'tfjs-node-gpu': gpu }).from);
    expect(chosen.name).toBe(name);
    expect(backendWords(chosen).endsWith(notice)).toBe(true);
    expect(tf.getBackend()).toBe(name);
    expect(tf.findBackend('tensorflow') === null).toBe(name !== 'tensorflow');
  });
});

describe('one TensorFlow.js', () => {
  test('its classes, engine and gradients are the app’s', async () => {
    const there = place({ 'tfjs-node': {} });
    await asked(there);
    const { core } = createRequire(there.from)('@tensorflow/tfjs-node');
    expect(core.Tensor).toBe(tf.Tensor);
    expect(core.engine()).toBe(tf.engine());
    expect(core.backend()).toBe(tf.backend());
    const gradient = tf.tidy(() => {
      const made = core.tensor1d([1, 2, 3]);
      expect(made).toBeInstanceOf(tf.Tensor);
      return tf
        .grad((x) => tf.sum(tf.mul(tf.square(x), core.tensor1d([1, 1, 2]))))(made)
        .dataSync();
    });
    expect(Array.from(gradient)).toEqual([2, 4, 12]);
  });

  test('another copy is refused, with both paths, and is not loaded', async () => {
    const there = place({ 'tfjs-node': { first: 'throw new Error("was loaded")' } }, { ownCore: true });
    const core = (from: string) => createRequire(from).resolve('@tensorflow/tfjs-core');
    const failed = asked(there);
    await expect(failed).rejects.toThrow(
      `@tensorflow/tfjs-node uses another copy of TensorFlow.js, ${core(there.from)}, than this program, ${core(join(import.meta.dirname, 'x'))}.`,
    );
    await expect(failed).rejects.toThrow('npm install @tensorflow/tfjs-node@4.22.0');
  });
});

test('kernels that it lacks are brought', async () => {
  await asked(place({ 'tfjs-node': {} }));
  expect(tf.getKernel('BitwiseAnd', 'tensorflow')).toBeDefined();
});

test('what Node has taken out of util is there for the package', async () => {
  const there = place({ 'tfjs-node': {} });
  await asked(there);
  expect(createRequire(there.from)('@tensorflow/tfjs-node').usesUtil()).toBe(true);
});
