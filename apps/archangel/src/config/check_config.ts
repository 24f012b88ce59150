import { z } from 'zod';

/** What `archangel check` can be told, by flags. */
export const checkConfig = z.strictObject({
  method: z.string().describe('the same as FILE-OR-NAME'),
  loss: z.record(z.string(), z.unknown()).default({}).describe('options of the loss, such as loss.beta'),
  definition: z
    .enum(['v1', 'signed'])
    .default('signed')
    .describe('of a HALO: v1 has one v for all examples, signed one up to its sign'),
});
