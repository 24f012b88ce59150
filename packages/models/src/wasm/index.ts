import '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch_mat_mul';
import { unsortedSegmentSum } from './unsorted_segment_sum';

/** Kernels that the WebAssembly backend lacks, or has in a slow form. */
const kernels: readonly KernelConfig[] = [unsortedSegmentSum, batchMatMul];

/**
 * Makes TensorFlow.js's WebAssembly backend able to train, and some ten times faster at it. Call it before
 * `tf.setBackend('wasm')`; calling it again does nothing.
 */
export function registerWasmKernels(): void {
  for (const kernel of kernels) {
    const known = getKernel(kernel.kernelName, 'wasm');
    if (known?.kernelFunc === kernel.kernelFunc) continue;
    if (known) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}
