import { z } from 'zod';
import { computeOptions } from './compute_options';
import { dataOptions } from './data_options';

const { columns, rated, split, offline } = dataOptions;

/** How a model answers, and where it computes: `archangel sample`, with the keys of `archangel chat`. */
export const sampleConfig = z.strictObject({
  data: z
    .string()
    .optional()
    .describe(
      'ask the prompts of other data, all of them; default: those that the run held out. As "archangel data" takes it',
    ),
  ...{ columns, rated, split },
  prompts: z
    .int()
    .min(1)
    .default(512)
    .describe('how many prompts, drawn with the seed; all there are, where there are fewer'),
  samples: z.int().min(1).default(1).describe('answers to each prompt, the further ones in files of their own'),
  temperature: z.number().min(0).default(1).describe('0 takes the likeliest token'),
  topP: z.number().gt(0).max(1).default(0.95).describe('draw from the likeliest tokens that reach this probability'),
  maxNewTokens: z.int().min(1).default(256).describe('longest answer in tokens'),
  seed: z.int().default(1).describe('of the prompts and of the draws'),
  sft: z.boolean().default(false).describe('ask the model that a run’s method started from too: its sft/'),
  control: z
    .enum(['desirable', 'undesirable', 'none'])
    .optional()
    .describe('control token behind every prompt; default: desirable where the run trained with them'),
  format: z
    .enum(['tulu', 'chat-template'])
    .optional()
    .describe('how a conversation becomes text; default: as the run trained, else the tokenizer’s template, else tulu'),
  tokenizer: z.string().optional().describe('tokenizer.json, its folder, or hf:owner/name; default: the model’s'),
  out: z
    .string()
    .optional()
    .describe('folder for the answers; default: the run’s, or samples for a model outside of a run'),
  overwrite: z.boolean().default(false).describe('draw anew where answers are there already'),
  rowsAtOnce: z
    .int()
    .min(1)
    .optional()
    .describe('prompts answered at once; default: as many as 0.5 GB of keys and values is for, at most 64'),
  offline,
  ...computeOptions,
});

export type SampleConfig = z.output<typeof sampleConfig>;
