import type { DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { type ChosenBackend, chooseBackend } from '../backend';
import { NotLoadedError } from '../backend/not_loaded';
import { startOnnxRuntime } from '../backend/onnxruntime';
import { startTensorflow, type Tensorflow } from '../backend/tensorflow';
import type { ProbeName } from './probe_names';

/** What each probe finds where all is well. */
export interface Found {
  readonly onnxruntime: { readonly version: string; readonly notice: string };
  readonly devices: readonly DeviceReport[];
  readonly '@tensorflow/tfjs-node-gpu': Tensorflow;
  readonly '@tensorflow/tfjs-node': Tensorflow;
  readonly auto: ChosenBackend;
}

/** Why something cannot be used, and what would help where that is known. */
export interface Reason {
  readonly reason: string;
  readonly remedy?: string;
}

export type Outcome<T> = { readonly found: T } | Reason;

/** Looks at one thing, in this process. Whatever it throws is the answer. */
export async function probe<N extends ProbeName>(name: N): Promise<Outcome<Found[N]>> {
  tf.env().set('PROD', true);
  try {
    return { found: await look[name]() };
  } catch (error) {
    if (error instanceof NotLoadedError) return { reason: `it ${error.reason}`, remedy: error.remedy };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

const look: { readonly [N in ProbeName]: () => Promise<Found[N]> } = {
  async onnxruntime() {
    const { onnxRuntimeVersion } = await import('@halokit/tfjs-backend-onnxruntime');
    const notice = await startOnnxRuntime();
    await compute();
    return { version: onnxRuntimeVersion(), notice };
  },
  async devices() {
    const { deviceReports } = await import('@halokit/tfjs-backend-onnxruntime');
    return deviceReports();
  },
  '@tensorflow/tfjs-node-gpu': () => tensorflow('@tensorflow/tfjs-node-gpu'),
  '@tensorflow/tfjs-node': () => tensorflow('@tensorflow/tfjs-node'),
  auto: () => chooseBackend('auto', { device: 'auto' }),
};

async function tensorflow(name: Tensorflow['package']): Promise<Tensorflow> {
  const started = await startTensorflow(name, import.meta.url);
  await compute();
  return started;
}

/** That a backend starts does not say that it computes. */
async function compute(): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new Error(`It computes wrongly: 1 x 3 + 2 x 4 is ${value} to it.`);
}
