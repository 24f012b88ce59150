import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Makes WebAssembly compute. Nothing where it does not start. */
export async function startWasm(): Promise<string | undefined> {
  await import('@tensorflow/tfjs-backend-wasm');
  registerWasmKernels();
  return (await tf.setBackend('wasm')) ? 'WebAssembly, one core' : undefined;
}

/** Makes plain JavaScript compute, which always starts. */
export async function startCpu(): Promise<string> {
  await tf.setBackend('cpu');
  return 'plain JavaScript, many times slower than WebAssembly';
}
