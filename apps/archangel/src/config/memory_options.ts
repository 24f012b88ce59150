import { z } from 'zod';

/** What saves memory and is paid for in time or in digits. */
export const memoryOptions = {
  gradientCheckpointing: z
    .boolean()
    .default(false)
    .describe('compute each layer again in the backward pass rather than keep it: memory for time'),
  shardOptimizer: z
    .boolean()
    .default(false)
    .describe('divide the optimiser’s state over the ranks of mpirun rather than keep all of it on each: ZeRO stage 1'),
  storage: z
    .enum(['float32', 'float16', 'bfloat16'])
    .default('float32')
    .describe('what the frozen weights under adapters are kept in: in 16 bits, in half the memory'),
};
