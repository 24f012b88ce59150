import { z } from 'zod';
import { computeOptions } from './compute_options';

/** What `archangel demo` can be told, by flags. */
export const demoConfig = z.strictObject({
  method: z
    .string()
    .optional()
    .describe('a loss to align with as well: a file of yours (--loss says the same), or a name, as in train'),
  loss: z.record(z.string(), z.unknown()).default({}).describe('options of that loss, such as loss.beta'),
  seed: z.int().default(1).describe('of the world, the model, the batches and the draws'),
  out: z.string().optional().describe('run folder; default: runs/demo-seed-SEED, replaced if it holds a run'),
  ...computeOptions,
  sftSteps: z.int().min(1).default(200).describe('updates in which the model learns to speak'),
  alignSteps: z.int().min(1).default(48).describe('updates with KTO, as many with DPO and with a loss of yours'),
  prompts: z.int().min(1).default(250).describe('held-out prompts to judge on'),
});

export type DemoConfig = z.output<typeof demoConfig>;
