import type { KernelConfig } from '@tensorflow/tfjs-core';
import { binaryKernels } from './binary';
import { createKernels } from './create';
import { gatherKernels } from './gather';
import { matMulKernels } from './matmul';
import { reductionKernels } from './reduction';
import { scanKernels } from './scan';
import { scatterKernels } from './scatter';
import { selectKernels } from './select';
import { shapeKernels } from './shape';
import { slicingKernels } from './slicing';
import { unaryKernels } from './unary';

/** Every kernel of the backend. */
export const kernels: readonly KernelConfig[] = [
  ...binaryKernels,
  ...createKernels,
  ...gatherKernels,
  ...matMulKernels,
  ...reductionKernels,
  ...scanKernels,
  ...scatterKernels,
  ...selectKernels,
  ...shapeKernels,
  ...slicingKernels,
  ...unaryKernels,
];
