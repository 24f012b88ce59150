import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parameterCount, readConfig } from '@halokit/models';
import type { Grid } from '../grid';
import type { GridModel } from './grid_results';

/** What checkpoints call families that have a shorter name. */
const families: Readonly<Record<string, string>> = { gpt_neox: 'pythia' };

/** The models of a grid of which a checkpoint is there, families together, the smallest of a family first. */
export async function readModels({ out, config, jobs }: Grid): Promise<GridModel[]> {
  const found = await Promise.all(
    Object.keys(config.models).map(async (name) => {
      const folders = jobs.filter(({ model }) => model === name).map((job) => join(out, job.name));
      const known = await firstConfig(folders);
      return known ? [{ name, ...known }] : [];
    }),
  );
  const models = found.flat();
  const order = [...new Set(models.map(({ family }) => family))];
  return models.sort((a, b) => order.indexOf(a.family) - order.indexOf(b.family) || a.parameters - b.parameters);
}

/** Of the first model that stands in one of these runs' folders. */
async function firstConfig(folders: readonly string[]): Promise<Omit<GridModel, 'name'> | undefined> {
  for (const folder of folders) {
    const within = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of within.filter((one) => one.isDirectory())) {
      const config = await configIn(join(folder, entry.name));
      if (config) return config;
    }
  }
  return undefined;
}

/** Of a folder that need not be a checkpoint, nor whole. */
async function configIn(folder: string): Promise<Omit<GridModel, 'name'> | undefined> {
  try {
    const config = readConfig(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
    return { family: families[config.modelType] ?? config.modelType, parameters: parameterCount(config) };
  } catch {
    return undefined;
  }
}
