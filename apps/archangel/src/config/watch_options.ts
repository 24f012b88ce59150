import { z } from 'zod';

/** What is seen of a run while it goes. None of it changes a number of the run. */
export const watchOptions = {
  watch: z
    .union([z.boolean(), z.int().min(1).max(65535)])
    .default(false)
    .describe('show curves and answers on a page of this machine, at a port; default port: 4747, or any that is free'),
  evaluateEvery: z
    .int()
    .min(1)
    .optional()
    .describe('measure on the held-out examples after every so many updates of the method; default: only at the end'),
  sampleEvery: z
    .int()
    .min(1)
    .optional()
    .describe(
      'answer a few held-out prompts after every so many updates; default: ten times a stage with --watch, else never',
    ),
  samplePrompts: z.int().min(1).default(3).describe('how many prompts these are'),
  sampleTokens: z.int().min(1).default(64).describe('longest of these answers, in tokens'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('make one update, say what a run takes in memory and time, and write nothing'),
};
