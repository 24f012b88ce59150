import { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';

/** Starts the native engine afresh, with an arena that has counted nothing. */
export async function freshEngine(): Promise<OnnxRuntimeBackend> {
  await tf.setBackend('cpu');
  if (tf.findBackendFactory('onnxruntime')) tf.removeBackend('onnxruntime');
  tf.registerBackend('onnxruntime', () => new OnnxRuntimeBackend(), 0);
  await tf.setBackend('onnxruntime');
  return tf.backend() as OnnxRuntimeBackend;
}
