import { readFile } from 'node:fs/promises';
import { type CatalogueEntry, catalogue } from '@halokit/losses';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { InputError } from '../input_error';
import { isTree, merge, readFlags, type Tree } from './flags';
import { type TrainConfig, trainConfig } from './train_config';
import { validate } from './validate';

/**
 * The config of `archangel train`: the YAML file named by `--config`, then the other flags on top, then defaults.
 *
 * @throws InputError for an unknown key (naming the nearest known one), a wrong value, or YAML that does not parse
 */
export async function loadTrainConfig(args: readonly string[]): Promise<TrainConfig> {
  const { config: file, verbose: _, ...flags } = readFlags(args);
  const base = file === undefined ? {} : await readYaml(String(file));
  if (file !== undefined) validate(trainConfig.partial(), base, String(file));
  const where = file === undefined ? 'command line' : `${file} and the command line`;
  const config = validate(trainConfig, merge(base, flags), where);
  return { ...config, loss: lossOptions(config, where) };
}

async function readYaml(file: string): Promise<Tree> {
  const text = await readFile(file, 'utf8');
  try {
    const value: unknown = parse(text) ?? {};
    if (isTree(value)) return value;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new InputError(`${file}: ${error.message.split('\n')[0]}`);
    throw error;
  }
  throw new InputError(`${file}: holds no keys. Write one "key: value" a line.`);
}

/** The method's options: only those it has, each of its default's type. */
function lossOptions(config: TrainConfig, where: string): Record<string, unknown> {
  const { defaults, choices }: CatalogueEntry = catalogue[config.method];
  const shape = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, optionSchema(value, choices?.[key])]),
  );
  const schema = z.strictObject({ loss: z.strictObject(shape) });
  return { ...defaults, ...validate(schema, { loss: config.loss }, where).loss };
}

function optionSchema(value: unknown, choices?: readonly string[]): z.ZodType {
  if (choices) return z.enum(choices as [string, ...string[]]).optional();
  if (typeof value === 'number') return z.number().optional();
  return z.tuple([z.number(), z.number()]).optional();
}
