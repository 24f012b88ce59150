import { z } from 'zod';
import { kubernetesOptions } from './kubernetes/kubernetes_options';
import { slurmOptions } from './slurm/slurm_options';

/** Names become folders. */
const name = () => z.string().regex(/^[\w.][\w.%+-]*$/, 'use letters, digits, and . _ % + - for a name');

/** Keys of a command, as they are given: it has its own defaults. `key_checks.ts` holds them against its schema. */
const keys = () => z.record(z.string(), z.unknown());

/** A model, given or made here. */
const model = z.strictObject({
  model: z.string().optional().describe('a checkpoint: its folder, or hf:owner/name@revision'),
  shape: keys()
    .optional()
    .describe('of a model made here, which "base" teaches to speak: keys of "shape" of archangel train'),
});

/** Keys that vary, one cell for each value. */
const sweep = z.strictObject({
  method: z.string().describe('what is varied: kto, sft+kto'),
  models: z.array(name()).optional().describe('default: all'),
  labels: keys()
    .optional()
    .describe(
      'train on answers of the SFT model to so many "prompts" of "data", labelled by a black box: keys of archangel label',
    ),
  values: z.record(name(), keys()).describe('a name for each value, and the keys of archangel train that make it'),
});

/** What a grid's file holds. */
export const gridConfig = z.strictObject({
  name: name().optional().describe('default: the file’s'),
  out: z.string().optional().describe('folder of all jobs; default: runs/NAME'),
  models: z.record(name(), model),
  methods: z.array(z.string()).min(1).describe('sft, kto, sft+kto, ...; "unaligned" measures what they start from'),
  seeds: z.array(z.int()).min(1).default([1]),
  world: keys()
    .optional()
    .describe('a demo world for each seed: keys of archangel world; {world} stands for its folder in what follows'),
  base: keys().default({}).describe('how a model made here learns to speak, by SFT: keys of archangel train'),
  train: keys().default({}).describe('keys of archangel train that all cells share'),
  each: z.record(z.string(), keys()).default({}).describe('keys of one method, by its loss: kto, not sft+kto'),
  sample: keys().optional().describe('keys of archangel sample; absent: nothing is sampled'),
  judge: keys().optional().describe('keys of archangel judge; absent: nothing is judged'),
  sweeps: z.record(name(), sweep).default({}),
  plan: z
    .strictObject({
      examples: z.int().min(1).describe('to train on: pairs, each of which is two thumbs'),
      length: z.int().min(2).describe('tokens of a row'),
      prompt: z.int().min(1).describe('of them the prompt’s'),
      vocabulary: z.int().min(1).default(512).describe('of models made here'),
    })
    .optional()
    .describe('what data are like, for "archangel grid plan", which reads none'),
  slurm: slurmOptions.optional(),
  kubernetes: kubernetesOptions.optional(),
});

export type GridConfig = z.output<typeof gridConfig>;
export type Sweep = z.output<typeof sweep>;
