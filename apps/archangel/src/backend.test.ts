import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { backendWords, chooseBackend, numbersOf } from './backend';
import { InputError } from './input_error';

afterEach(() => {
  vi.doUnmock('@halokit/tfjs-backend-onnxruntime');
  vi.resetModules();
});

/** As on a platform for which onnxruntime-node ships no library. */
function withoutOnnxRuntime(): void {
  vi.doMock('@halokit/tfjs-backend-onnxruntime', () => ({
    OnnxRuntimeBackend: {
      checkAvailable: () => {
        throw new Error('onnxruntime-node ships no library for sunos on x64: take another backend, wasm for one.');
      },
    },
    setThreads: () => {},
    setDevice: () => {},
  }));
}

test('the default is ONNX Runtime, on the threads asked for', async () => {
  const { availableParallelism } = await import('node:os');
  expect(await chooseBackend('auto')).toMatchObject({ name: 'onnxruntime' });
  expect(tf.getBackend()).toBe('onnxruntime');
  const threads = availableParallelism();
  expect((await chooseBackend('onnxruntime', { threads })).notice).toBe(
    `ONNX Runtime, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  );
});

test('where it does not start, wasm takes over and says so', async () => {
  withoutOnnxRuntime();
  const chosen = await chooseBackend('auto');
  expect(chosen.name).toBe('wasm');
  expect(backendWords(chosen)).toMatch(
    /WebAssembly, one core; several times slower than ONNX Runtime, which did not start: .* sunos/,
  );
});

test('asked for by name, it is an error that says why and what to do', async () => {
  withoutOnnxRuntime();
  const asked = chooseBackend('onnxruntime');
  await expect(asked).rejects.toThrow(InputError);
  await expect(asked).rejects.toThrow(/no library for sunos on x64.*--backend wasm needs nothing/);
});

test.each(['wasm', 'cpu'] as const)('%s is there when asked for', async (name) => {
  expect((await chooseBackend(name)).name).toBe(name);
  expect(tf.getBackend()).toBe(name);
});

describe('a device is of ONNX Runtime', () => {
  const cuda = /CUDA cannot be used: .* --device cpu needs nothing/;

  test('one that does not start is an error that says why, with any backend that may be it', async () => {
    for (const name of ['auto', 'onnxruntime'] as const) {
      await expect(chooseBackend(name, { device: 'cuda' })).rejects.toThrow(InputError);
      await expect(chooseBackend(name, { device: 'cuda' })).rejects.toThrow(cuda);
    }
  });

  test('float16 on the processor is an error', async () => {
    const asked = chooseBackend('onnxruntime', { device: 'cpu', float16: true });
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow('take float16 on a graphics processor');
  });

  test('other backends take neither', async () => {
    await expect(chooseBackend('wasm', { device: 'webgpu' })).rejects.toThrow('--device webgpu is of ONNX Runtime');
    await expect(chooseBackend('cpu', { float16: true })).rejects.toThrow('--float16 is of ONNX Runtime');
    expect((await chooseBackend('cpu', { device: 'auto' })).name).toBe('cpu');
    expect((await chooseBackend('cpu', { device: 'cpu' })).name).toBe('cpu');
  });

  test('after one that failed, the processor starts', async () => {
    expect(await chooseBackend('onnxruntime', { device: 'cpu' })).toMatchObject({ device: 'cpu' });
  });
});

test('numbers of another device or arithmetic have a name of their own', () => {
  const onnxruntime = { name: 'onnxruntime', notice: '' } as const;
  const names = [{}, { device: 'cpu' }, { device: 'webgpu' }, { device: 'webgpu', float16: true }] as const;
  expect(names.map((own) => numbersOf({ ...onnxruntime, ...own }))).toEqual([
    ...['onnxruntime', 'onnxruntime', 'onnxruntime-webgpu', 'onnxruntime-webgpu-float16'],
  ]);
});
