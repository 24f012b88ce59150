import { availableParallelism } from 'node:os';
import '@tensorflow/tfjs';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from './input_error';

export const backendNames = ['auto', 'tensorflow', 'onnxruntime', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

/** What was chosen, and in a few words why, for the person to read. */
export interface ChosenBackend {
  readonly name: Exclude<BackendName, 'auto'>;
  readonly notice: string;
}

/**
 * Starts a TensorFlow.js backend: the one asked for, or with `auto` the first that loads of TensorFlow's CUDA library,
 * ONNX Runtime, WebAssembly and plain JavaScript.
 *
 * @param threads how many compute with ONNX Runtime; default: one a core
 * @throws InputError when the backend asked for does not load
 */
export async function chooseBackend(asked: BackendName, threads = availableParallelism()): Promise<ChosenBackend> {
  // Without this, TensorFlow.js greets every run in Node with an advertisement for its own native backend.
  tf.env().set('PROD', true);
  if (asked === 'auto') return (await tensorflow()) ?? fallBack(threads);
  switch (asked) {
    case 'tensorflow':
      return (
        (await tensorflow()) ??
        refuse(
          'The tensorflow backend did not load: @tensorflow/tfjs-node-gpu needs its native library, CUDA 11.2 and cuDNN 8.1. ' +
            'The README says how to switch it on; --backend onnxruntime needs nothing.',
        )
      );
    case 'onnxruntime':
      return onnxruntime(threads).catch((error) => refuse(`${error.message} --backend wasm needs nothing.`));
    case 'wasm':
      return (
        (await wasm()) ??
        refuse('The wasm backend did not start. Try --backend cpu, which needs nothing but is many times slower.')
      );
    case 'cpu':
      return cpu('as asked');
  }
}

/** The fastest backend that starts, and in its notice why no faster one did. */
async function fallBack(threads: number): Promise<ChosenBackend> {
  try {
    return await onnxruntime(threads);
  } catch (error) {
    const { name, notice } = (await wasm()) ?? (await cpu('WebAssembly did not start'));
    return {
      name,
      notice: `${notice}, several times slower than ONNX Runtime, which did not start: ${(error as Error).message}`,
    };
  }
}

function refuse(message: string): never {
  throw new InputError(message);
}

async function tensorflow(): Promise<ChosenBackend | undefined> {
  try {
    // Its install script is blocked by default, so loading it fails with one of several errors; any means "not here".
    await import('@tensorflow/tfjs-node-gpu');
    if (!(await tf.setBackend('tensorflow'))) return undefined;
  } catch {
    return undefined;
  }
  return { name: 'tensorflow', notice: 'TensorFlow (CUDA)' };
}

/** @throws UnavailableError that says why ONNX Runtime cannot be used here */
async function onnxruntime(threads: number): Promise<ChosenBackend> {
  const { OnnxRuntimeBackend, setThreads } = await import('@halokit/tfjs-backend-onnxruntime');
  // TensorFlow.js would only say that it failed, so the reason is asked for first.
  OnnxRuntimeBackend.checkAvailable();
  setThreads(threads);
  if (!(await tf.setBackend('onnxruntime'))) throw new Error('ONNX Runtime did not start.');
  return { name: 'onnxruntime', notice: `ONNX Runtime, ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
}

async function wasm(): Promise<ChosenBackend | undefined> {
  await import('@tensorflow/tfjs-backend-wasm');
  registerWasmKernels();
  if (!(await tf.setBackend('wasm'))) return undefined;
  return { name: 'wasm', notice: 'WebAssembly, one core' };
}

async function cpu(reason: string): Promise<ChosenBackend> {
  await tf.setBackend('cpu');
  return { name: 'cpu', notice: `plain JavaScript (${reason}); many times slower than WebAssembly` };
}
