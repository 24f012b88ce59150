import { z } from 'zod';
import { computeOptions } from './compute_options';
import { endpointOptions } from './endpoint_options';

/** What `archangel judge` can be told, by flags. */
export const judgeConfig = z.strictObject({
  judge: z
    .string()
    .describe(
      'who judges: a model’s name at the endpoint, ./my_judge.ts, the folder of a model with a reward head, or world: what ' +
        '"archangel world" holds for right',
    ),
  against: z
    .string()
    .default('target')
    .describe(
      'what answers are compared with: target, which is what the data set prefers, or the answers of another model',
    ),
  prompts: z.int().min(1).optional().describe('only so many prompts, the first ones; default: all'),
  ...endpointOptions,
  seed: endpointOptions.seed.describe(
    'of the bootstrap, 1 unless stated; and of the judge’s draws, where it is stated: not every endpoint takes one',
  ),
  overwrite: z
    .boolean()
    .default(false)
    .describe('replace judgments of another judge, question or model of the same name'),
  json: z.boolean().default(false).describe('print one JSON document in place of the text'),
  offline: z.boolean().default(false).describe('never ask the hub: what was fetched before serves'),
  ...computeOptions,
  backend: computeOptions.backend.describe('what computes a reward model; default: the fastest that starts'),
});

export type JudgeConfig = z.output<typeof judgeConfig>;
