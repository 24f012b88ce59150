import { availableParallelism } from 'node:os';
import type { DeviceName } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { currentRanks } from '../ranks/ranks';

/** How ONNX Runtime computes. */
export interface OnnxRuntimeOptions {
  readonly threads?: number | undefined;
  readonly device?: DeviceName;
  readonly float16?: boolean | undefined;
}

/**
 * Makes ONNX Runtime compute, by default on the processor.
 *
 * @returns in words, what computes
 * @throws UnavailableError that says why it, or the device, cannot be used here
 */
export async function startOnnxRuntime(options: OnnxRuntimeOptions = {}): Promise<string> {
  const { threads = currentRanks().job?.threads ?? availableParallelism(), device = 'cpu', float16 = false } = options;
  const engine = await import('@halokit/tfjs-backend-onnxruntime');
  engine.setThreads(threads);
  engine.setDevice(device, { arithmetic: float16 ? 'float16' : 'float32' });
  // TensorFlow.js would only say that it failed, so the reason is asked for first.
  engine.OnnxRuntimeBackend.checkAvailable();
  if (!(await tf.setBackend('onnxruntime'))) throw new Error('ONNX Runtime did not start.');
  if (device === 'cpu') return `ONNX Runtime, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const name = device === 'webgpu' ? engine.graphicsAdapter()?.name : undefined;
  const how = [...(name === undefined ? [] : [`on ${name}`]), `by ${inWords[device]}`];
  return `ONNX Runtime ${how.join(' ')}, ${float16 ? 'products in float16' : 'in float32'}`;
}

const inWords = { webgpu: 'WebGPU', cuda: 'CUDA' } as const;
