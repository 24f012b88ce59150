import { availableParallelism } from 'node:os';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { startCpu, startWasm } from './backend/javascript';
import { startOnnxRuntime } from './backend/onnxruntime';
import { startAnyTensorflow, startTensorflowGpu } from './backend/tensorflow';
import { InputError } from './input_error';

export const backendNames = ['auto', 'tensorflow', 'onnxruntime', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

/** What was chosen, and in a few words why, for the person to read. */
export interface ChosenBackend {
  readonly name: Exclude<BackendName, 'auto'>;
  readonly notice: string;
}

/** How a backend computes, as configs have it. */
export interface BackendOptions {
  /** How many compute with ONNX Runtime; default: one a core. */
  readonly threads?: number | undefined;
}

/**
 * Starts a TensorFlow.js backend: the one asked for, or with `auto` the first that starts of TensorFlow on a GPU, ONNX Runtime,
 * WebAssembly and plain JavaScript.
 *
 * @param from the file from which TensorFlow's packages are looked for
 * @throws InputError when the backend asked for does not load
 */
export async function chooseBackend(
  asked: BackendName,
  { threads = availableParallelism() }: BackendOptions = {},
  from = import.meta.url,
): Promise<ChosenBackend> {
  // Without this, TensorFlow.js greets every run in Node with an advertisement for its own native backend.
  tf.env().set('PROD', true);
  switch (asked) {
    case 'auto': {
      const { notice, passedOver } = await startTensorflowGpu(from);
      if (notice !== undefined) return { name: 'tensorflow', notice };
      const chosen = await fallBack(threads);
      return passedOver === undefined ? chosen : { ...chosen, notice: `${chosen.notice}; ${passedOver}` };
    }
    case 'tensorflow':
      return { name: 'tensorflow', notice: await startAnyTensorflow(from) };
    case 'onnxruntime':
      return {
        name: 'onnxruntime',
        notice: await startOnnxRuntime(threads).catch((error) =>
          refuse(`${error.message} --backend wasm needs nothing.`),
        ),
      };
    case 'wasm': {
      const notice = await startWasm();
      return notice === undefined
        ? refuse('The wasm backend did not start. Try --backend cpu, which needs nothing but is many times slower.')
        : { name: 'wasm', notice };
    }
    case 'cpu':
      return { name: 'cpu', notice: await startCpu('as asked') };
  }
}

/** The fastest backend that starts, and in its notice why no faster one did. */
async function fallBack(threads: number): Promise<ChosenBackend> {
  try {
    return { name: 'onnxruntime', notice: await startOnnxRuntime(threads) };
  } catch (error) {
    const wasm = await startWasm();
    const reason = `several times slower than ONNX Runtime, which did not start: ${(error as Error).message}`;
    if (wasm !== undefined) return { name: 'wasm', notice: `${wasm}, ${reason}` };
    return { name: 'cpu', notice: `${await startCpu('WebAssembly did not start')}, ${reason}` };
  }
}

function refuse(message: string): never {
  throw new InputError(message);
}
