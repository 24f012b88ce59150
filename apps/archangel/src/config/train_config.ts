import { z } from 'zod';
import { computeOptions } from './compute_options';
import { dataOptions } from './data_options';
import { loraOptions } from './lora_options';
import { memoryOptions } from './memory_options';
import { presetNames } from './presets';
import { referenceOptions } from './reference_options';
import { survivalOptions } from './survival_options';
import { watchOptions } from './watch_options';

const count = () => z.int().min(1);
const positive = () => z.number().positive();

/** How one stage walks through its data and moves the weights. */
const stage = {
  epochs: count().default(1).describe('passes over the training examples'),
  maxSteps: count().optional().describe('stop after this many updates'),
  examples: count().optional().describe('stop after this many examples, the last batch whole'),
  learningRate: positive()
    .optional()
    .describe(
      'default: 5e-7 for a given checkpoint (Archangel); for a model made here 2e-3 while it learns to speak, then 5e-5; ' +
        'for adapters ten times as much (TRL)',
    ),
  optimizer: z
    .enum(['rmsprop', 'adamw'])
    .optional()
    .describe('default: rmsprop; adamw where a model made here learns to speak'),
  schedule: z
    .enum(['constant', 'linear', 'cosine'])
    .optional()
    .describe(
      'after the warm-up, linear and cosine down to 0; default: constant; cosine where a model made here learns to speak',
    ),
  warmupSteps: z.int().min(0).optional().describe('updates of linear warm-up; default: 150, at most a tenth of all'),
};

/** What a model made from nothing is like. */
const shape = z.strictObject({
  family: z.enum(['pythia', 'llama']).default('pythia').describe('whose architecture a model made here has'),
  layers: count().default(4),
  width: count().default(128),
  heads: count().default(4),
  context: count().default(1024).describe('longest row in tokens'),
});

/**
 * Everything `archangel train` can be told, in a YAML file (`--config`) or by flags; flags win. What each key means is
 * said here once: the help text is made from it.
 */
export const trainConfig = z.strictObject({
  method: z
    .string()
    .describe(
      'the loss to align with: a name ("archangel check" lists them), or a file of yours; --loss says the same',
    ),
  preset: z
    .enum(presetNames)
    .optional()
    .describe('settings of a publication, where no other are given: archangel, those of the Archangel suite'),
  ...dataOptions,
  model: z
    .string()
    .optional()
    .describe('a Pythia or Llama checkpoint: its folder, or hf:owner/name@revision; without it a small model is made'),
  shape: shape.prefault({}),
  tokenizer: z
    .string()
    .optional()
    .describe('tokenizer.json, its folder, or hf:owner/name; default: the model’s, else trained on the data'),
  out: z.string().optional().describe('run folder; default: runs/METHOD-DATA'),
  overwrite: z.boolean().default(false).describe('replace the run folder if it exists'),
  seed: z.int().default(1),
  ...computeOptions,
  batchSize: count().default(32).describe('examples in one update'),
  microbatchSize: count().default(16).describe('examples computed at once'),
  memory: z
    .enum(['refuse', 'ignore'])
    .default('refuse')
    .describe('a run that needs more memory than is free: refuse it before it starts, or begin all the same'),
  microbatchTokens: count().default(2048).describe('tokens computed at once, padding counted; lower it to save memory'),
  ...stage,
  ...memoryOptions,
  ...survivalOptions,
  ...watchOptions,
  lora: loraOptions,
  reference: referenceOptions,
  maxGradNorm: positive().default(10),
  lossScale: z
    .union([z.literal('dynamic'), positive()], { error: 'expected a positive number, or dynamic' })
    .optional()
    .describe(
      'what the loss is multiplied by while its gradient is computed, so that small ones do not vanish: a number, or dynamic, ' +
        'which finds it; default: dynamic with --float16, else 1',
    ),
  loss: z.record(z.string(), z.unknown()).default({}).describe('options of the method, such as loss.beta'),
  weightsOutside: z
    .enum(['error', 'allow'])
    .default('error')
    .describe('class weights given by hand that put desirable : undesirable outside of 1 to 4/3'),
  sft: z
    .strictObject({
      first: z.boolean().optional().describe('train with SFT first; default: when the model is made here'),
      reduction: z
        .enum(['token-mean', 'sequence'])
        .default('token-mean')
        .describe('its loss: a mean over the tokens of a batch, or a sum by response'),
      ...stage,
    })
    .prefault({}),
});

export type TrainConfig = z.output<typeof trainConfig>;
export type StageConfig = Pick<TrainConfig, keyof typeof stage>;
