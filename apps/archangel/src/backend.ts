import '@tensorflow/tfjs';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from './input_error';

export const backendNames = ['auto', 'tensorflow', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

/** What was chosen, and in a few words why, for the person to read. */
export interface ChosenBackend {
  readonly name: 'tensorflow' | 'wasm' | 'cpu';
  readonly notice: string;
}

/**
 * Starts a TensorFlow.js backend: the one asked for, or with `auto` the first that loads of TensorFlow's CUDA library,
 * WebAssembly and plain JavaScript.
 *
 * @throws InputError when the backend asked for does not load
 */
export async function chooseBackend(asked: BackendName): Promise<ChosenBackend> {
  // Without this, TensorFlow.js greets every run in Node with an advertisement for its own native backend.
  tf.env().set('PROD', true);
  if (asked === 'auto') {
    return (await tensorflow()) ?? (await wasm()) ?? cpu('WebAssembly did not start');
  }
  const start = { tensorflow, wasm, cpu: () => cpu('as asked') }[asked];
  const chosen = await start();
  if (!chosen) {
    throw new InputError(
      asked === 'tensorflow'
        ? 'The tensorflow backend did not load: @tensorflow/tfjs-node-gpu needs its native library, CUDA 11.2 and cuDNN 8.1. ' +
            'The README says how to switch it on; --backend wasm needs nothing.'
        : 'The wasm backend did not start. Try --backend cpu, which needs nothing but is many times slower.',
    );
  }
  return chosen;
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
