import { z } from 'zod';
import { dataOptions } from './data_options';

/** What `archangel data` can be told, by flags. */
export const dataConfig = z.strictObject({
  ...dataOptions,
  model: z.string().optional().describe('folder of a checkpoint, or hf:owner/name, for its tokenizer'),
  tokenizer: z
    .string()
    .optional()
    .describe('tokenizer.json, its folder, or hf:owner/name; default: the model’s, else trained on the data'),
  seed: z.int().default(1).describe('of all that is drawn: rows, held-out prompts, the examples shown'),
  examples: z.int().min(0).default(3).describe('how many examples to show, drawn with the seed'),
  stream: z
    .boolean()
    .default(false)
    .describe('keep nothing in memory; held out is then about the share, and not as in train'),
  json: z.boolean().default(false).describe('print one JSON document, and nothing else'),
  html: z.string().optional().describe('write a page too: FILE.html, which loads nothing'),
});

export type DataConfig = z.output<typeof dataConfig>;
