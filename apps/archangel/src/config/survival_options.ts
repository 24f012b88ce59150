import { z } from 'zod';

/** What a run does against being lost. None of it changes a number of the run, unless a batch is not finite. */
export const survivalOptions = {
  saveEvery: z
    .int()
    .min(1)
    .optional()
    .describe('save a checkpoint to go on from after so many updates; default: every ten minutes'),
  keep: z.int().min(1).default(2).describe('how many such checkpoints stay, the newest'),
  onNan: z
    .enum(['stop', 'skip', 'lower'])
    .default('stop')
    .describe(
      'a batch whose loss or gradient is not finite: stop there; leave it out; or leave it out and halve the learning rate ' +
        'for the rest',
    ),
};
