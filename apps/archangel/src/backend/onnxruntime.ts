import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes ONNX Runtime compute.
 *
 * @throws UnavailableError that says why it cannot be used here
 */
export async function startOnnxRuntime(threads = availableParallelism()): Promise<string> {
  const { OnnxRuntimeBackend, setThreads } = await import('@halokit/tfjs-backend-onnxruntime');
  // TensorFlow.js would only say that it failed, so the reason is asked for first.
  OnnxRuntimeBackend.checkAvailable();
  setThreads(threads);
  if (!(await tf.setBackend('onnxruntime'))) throw new Error('ONNX Runtime did not start.');
  return `ONNX Runtime, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
