import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseBackend } from './backend';
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
  const { name, notice } = await chooseBackend('auto');
  expect(name).toBe('wasm');
  expect(notice).toMatch(
    /WebAssembly, one core, several times slower than ONNX Runtime, which did not start: .* sunos/,
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
