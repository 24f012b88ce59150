import { z } from 'zod';
import { computeOptions } from './compute_options';

/** What `archangel chat` can be told, by flags. */
export const chatConfig = z.strictObject({
  model: z
    .string()
    .describe(
      'the model: a run’s folder, a checkpoint’s, or hf:owner/name@revision; it may stand alone, behind "chat"',
    ),
  adapter: z.string().optional().describe('a folder of adapters in PEFT’s format, which the model gets'),
  system: z.string().optional().describe('what the model is told before the conversation'),
  temperature: z.number().min(0).default(0.7).describe('0 takes the likeliest token'),
  topP: z.number().gt(0).max(1).default(0.95).describe('draw from the likeliest tokens that reach this probability'),
  topK: z.int().min(1).optional().describe('draw from this many likeliest tokens'),
  repetitionPenalty: z.number().positive().default(1).describe('above 1, what was said comes less likely'),
  maxNewTokens: z.int().min(1).default(256).describe('longest answer'),
  seed: z.int().default(1).describe('of the draws; every answer has its own'),
  format: z
    .enum(['tulu', 'chat-template'])
    .optional()
    .describe('how a conversation becomes text; default: as the run trained, else the tokenizer’s template, else tulu'),
  control: z
    .enum(['desirable', 'undesirable', 'none'])
    .optional()
    .describe('control token behind every prompt; default: desirable where the run trained with them'),
  tokenizer: z.string().optional().describe('tokenizer.json, its folder, or hf:owner/name; default: the model’s'),
  offline: z.boolean().default(false).describe('never ask the network: what was fetched before serves'),
  ...computeOptions,
});

export type ChatConfig = z.output<typeof chatConfig>;
