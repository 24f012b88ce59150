import { getKernel, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core';
import { bitwiseAnd } from './bitwise_and';

/** Kernels that the backends of `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu` lack. */
const kernels: readonly KernelConfig[] = [bitwiseAnd];

/**
 * Makes TensorFlow.js's native backends able to read weights that are stored in 16 bits. Call it once one of them is loaded;
 * calling it again does nothing.
 */
export function registerTensorflowKernels(): void {
  for (const kernel of kernels) if (!getKernel(kernel.kernelName, kernel.backendName)) registerKernel(kernel);
}
