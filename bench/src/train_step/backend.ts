import '@tensorflow/tfjs';
import { registerWasmKernels } from '@halokit/models/wasm';
import type { Statistics } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';

export const backendNames = ['onnxruntime', 'wasm', 'cpu'] as const;

/** Reads what a backend counts, where it does. */
export type ReadStatistics = () => Statistics | undefined;

/**
 * Starts a backend of TensorFlow.js by its name.
 *
 * @throws Error that says why it does not start
 */
export async function startBackend(name: string): Promise<ReadStatistics> {
  // Without this, TensorFlow.js greets every run in Node with an advertisement for its own native backend.
  tf.env().set('PROD', true);
  if (name === 'wasm') registerWasmKernels();
  const read = name === 'onnxruntime' ? await loadOnnxRuntime() : () => undefined;
  if (!(await tf.setBackend(name))) throw new Error(`The backend "${name}" did not start.`);
  return read;
}

async function loadOnnxRuntime(): Promise<ReadStatistics> {
  const { engineStatistics, OnnxRuntimeBackend } = await import('@halokit/tfjs-backend-onnxruntime');
  // TensorFlow.js would only say that it failed, so the reason is asked for first.
  OnnxRuntimeBackend.checkAvailable();
  return engineStatistics;
}
