import { z } from 'zod';

/** What `archangel values` can be told, by flags. */
export const valuesConfig = z.strictObject({
  method: z.string().optional().describe('a loss to draw as well: a file of yours (--loss says the same), or a name'),
  loss: z.record(z.string(), z.unknown()).default({}).describe('options of that loss, such as loss.beta'),
  out: z.string().default('values.html').describe('the page, FILE.html; the figure alone stands beside it as FILE.svg'),
});
