import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activationKernels } from './activations';
import { attentionKernels } from './attention';
import { labelLogpsKernels } from './label_logps';
import { likeliestKernels } from './likeliest';
import { normKernels } from './norms';
import { optimizerKernels } from './optimizers';
import { widenKernels } from './widen';
import { writeRowsKernels } from './write_rows';

/** Kernels that TensorFlow.js does not have: parts of transformers and optimisers, each in place of a dozen. */
export const fusedKernels: readonly KernelConfig[] = [
  ...activationKernels,
  ...attentionKernels,
  ...labelLogpsKernels,
  ...likeliestKernels,
  ...normKernels,
  ...optimizerKernels,
  ...widenKernels,
  ...writeRowsKernels,
];
