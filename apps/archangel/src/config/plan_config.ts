import { presetNames } from '@halokit/models';
import { z } from 'zod';
import { computeOptions } from './compute_options';
import { loraOptions } from './lora_options';
import { memoryOptions } from './memory_options';
import { referenceOptions } from './reference_options';

const count = () => z.int().min(1);

/** What `archangel plan` can be told, by flags. */
export const planConfig = z.strictObject({
  model: z
    .string()
    .describe(`${presetNames.join(', ')}; or a checkpoint, of which only config.json is read: FOLDER or hf:owner/name`),
  method: z.string().default('kto').describe('the loss: a name, or a file of yours; --loss says the same'),
  loss: z.record(z.string(), z.unknown()).default({}).describe('options of the method, such as loss.beta'),
  length: count().default(512).describe('tokens of every row'),
  prompt: count().optional().describe('of them the prompt’s; default: half'),
  batchSize: count().default(32).describe('examples in one update'),
  microbatchSize: count().default(16).describe('examples computed at once'),
  microbatchTokens: count().default(2048).describe('tokens computed at once, padding counted'),
  optimizer: z.enum(['rmsprop', 'adamw']).default('rmsprop'),
  ...memoryOptions,
  lora: loraOptions,
  reference: referenceOptions,
  examples: count()
    .optional()
    .describe(
      'all that there are, whose hidden states a streamed reference holds; default: as many as it has room for',
    ),
  ranks: count().default(1).describe('ranks of mpirun that share each batch'),
  bandwidth: z.number().positive().default(10).describe('of the network between ranks, in Gbit/s'),
  latency: z.number().positive().default(50).describe('of a message between ranks, in microseconds'),
  device: computeOptions.device,
  threads: count().optional().describe('threads that compute; default: one a core'),
  offline: z.boolean().default(false).describe('never ask the network: what was fetched before serves'),
  json: z.boolean().default(false).describe('print one JSON document, and nothing else'),
});

export type PlanConfig = z.output<typeof planConfig>;
