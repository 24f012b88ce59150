import { z } from 'zod';
import type { Tree } from '../config/flags';
import { judgeConfig } from '../config/judge_config';
import { labelConfig } from '../config/label_config';
import { sampleConfig } from '../config/sample_config';
import { trainConfig } from '../config/train_config';
import { validate } from '../config/validate';
import { worldConfig } from '../config/world_config';
import type { GridConfig } from './grid_config';

const train = trainConfig.omit({ model: true, out: true, seed: true, overwrite: true, dryRun: true }).partial();
export const modelShape = trainConfig.shape.shape.unwrap();
const shared = train.omit({ method: true });
const world = worldConfig.omit({ out: true, seed: true, overwrite: true }).partial();
const sample = sampleConfig.omit({ out: true, seed: true, overwrite: true, sft: true }).partial();
const judge = judgeConfig.omit({ overwrite: true, json: true, seed: true }).partial().extend({ judge: z.string() });
const label = labelConfig
  .omit({ out: true, seed: true, overwrite: true })
  .partial()
  .extend({ by: z.string(), prompts: z.int().min(1), data: z.string().optional() });

/**
 * Holds the keys of every command against what the command knows, before any of it is begun.
 *
 * @throws InputError naming the place in the grid, and the nearest key that there is
 */
export function checkKeys(config: GridConfig, file: string): void {
  const check = (schema: z.ZodObject, keys: Tree | undefined, ...path: readonly string[]) => {
    if (keys) validate(schema, keys, `${file}: ${path.join('.')}`);
  };
  for (const [name, { shape }] of Object.entries(config.models)) check(modelShape, shape, 'models', name, 'shape');
  check(world, config.world, 'world');
  check(shared, config.base, 'base');
  check(shared, config.train, 'train');
  check(sample, config.sample, 'sample');
  check(judge, config.judge, 'judge');
  for (const [method, keys] of Object.entries(config.each)) check(train, keys, 'each', method);
  for (const [name, { labels, values }] of Object.entries(config.sweeps)) {
    check(label, labels, 'sweeps', name, 'labels');
    for (const [value, keys] of Object.entries(values)) check(train, keys, 'sweeps', name, 'values', value);
  }
}
