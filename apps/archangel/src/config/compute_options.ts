import { z } from 'zod';
import { backendNames, deviceChoices } from '../backend';

/** What computes, and on what: the same keys for every command that does. */
export const computeOptions = {
  backend: z.enum(backendNames).default('auto').describe('what computes; default: the fastest that starts'),
  device: z
    .enum(deviceChoices)
    .default('auto')
    .describe('what ONNX Runtime computes on; default: a graphics processor (webgpu) where there is one, else cpu'),
  float16: z
    .boolean()
    .default(false)
    .describe('multiply matrices in float16, on a graphics processor; weights and their updates stay float32'),
  threads: z.int().min(1).optional().describe('threads that compute with ONNX Runtime; default: one a core'),
};
