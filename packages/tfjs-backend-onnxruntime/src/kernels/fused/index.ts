import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activationKernels } from './activations';
import { attentionKernels } from './attention';
import { labelLogpsKernels } from './label_logps';
import { normKernels } from './norms';
import { optimizerKernels } from './optimizers';

/** Kernels that TensorFlow.js does not have: parts of transformers and optimisers, each in place of a dozen. */
export const fusedKernels: readonly KernelConfig[] = [
  ...activationKernels,
  ...attentionKernels,
  ...labelLogpsKernels,
  ...normKernels,
  ...optimizerKernels,
];
