import type { KernelConfig } from '@tensorflow/tfjs-core';
import { binaryKernels } from './binary';
import { bincountKernels } from './bincount';
import { convolutionKernels } from './convolution';
import { createKernels } from './create';
import { depthwiseConvolutionKernels } from './depthwise_convolution';
import { gatherKernels } from './gather';
import { joiningKernels } from './joining';
import { matMulKernels } from './matmul';
import { normalizationKernels } from './normalization';
import { paddingKernels } from './padding';
import { poolingKernels } from './pooling';
import { reductionKernels } from './reduction';
import { resizeKernels } from './resize';
import { scanKernels } from './scan';
import { scatterKernels } from './scatter';
import { selectKernels } from './select';
import { shapeKernels } from './shape';
import { slicingKernels } from './slicing';
import { spaceToBatchKernels } from './space_to_batch';
import { unaryKernels } from './unary';

/** Every kernel of the backend. */
export const kernels: readonly KernelConfig[] = [
  ...binaryKernels,
  ...bincountKernels,
  ...convolutionKernels,
  ...createKernels,
  ...depthwiseConvolutionKernels,
  ...gatherKernels,
  ...joiningKernels,
  ...matMulKernels,
  ...normalizationKernels,
  ...paddingKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...resizeKernels,
  ...scanKernels,
  ...scatterKernels,
  ...selectKernels,
  ...shapeKernels,
  ...slicingKernels,
  ...spaceToBatchKernels,
  ...unaryKernels,
];
