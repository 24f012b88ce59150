import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { archangelControlTokens } from '@halokit/data';
import { catalogue, type Loss, type LossName } from '@halokit/losses';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../input_error';

/** How a run trained a model, as far as talking to it goes. */
export interface TrainedAs {
  readonly format: 'tulu' | 'chat-template';
  /** Prompts ended in a token that names the response's class. */
  readonly controlTokens: boolean;
}

const runConfig = z.object({
  method: z.string().optional(),
  format: z.enum(['tulu', 'chat-template']).default('tulu'),
});

/**
 * The checkpoint that a person means: a run's folder stands for the model it aligned.
 *
 * @throws InputError for a run of which several models could be meant, or none
 */
export async function checkpointOf(model: string): Promise<string> {
  if (!existsSync(join(model, 'config.yaml')) || existsSync(join(model, 'config.json'))) return model;
  const entries = await readdir(model, { withFileTypes: true });
  const stages = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(model, entry.name, 'config.json')))
    .map(({ name }) => name);
  const aligned = stages.filter((name) => name !== 'sft');
  const [stage, another] = aligned.length > 0 ? aligned : stages;
  if (stage !== undefined && another === undefined) return join(model, stage);
  const which = stages.map((name) => join(model, name)).join(', ');
  throw new InputError(
    stages.length === 0
      ? `${model}: is a run that has saved no model yet.`
      : `${model}: has several models: name one of ${which}.`,
  );
}

/** What the run that made a checkpoint says in its `config.yaml`; undefined where there is no run. */
export async function trainedAs(checkpoint: string): Promise<TrainedAs | undefined> {
  const file = join(dirname(resolve(checkpoint)), 'config.yaml');
  if (!existsSync(file)) return undefined;
  const { data } = runConfig.safeParse(parse(await readFile(file, 'utf8')));
  if (!data) return undefined;
  return { format: data.format, controlTokens: needsControlTokens(data.method, basename(resolve(checkpoint))) };
}

/** Whether a stage of a run is that of its method, and the method a loss that asks for them. */
function needsControlTokens(method: string | undefined, stage: string): boolean {
  if (method === undefined || !Object.hasOwn(catalogue, method)) return false;
  const { name, needs }: Loss = catalogue[method as LossName].create();
  return name === stage && needs?.controlTokens === true;
}

/** The text of the control token asked for. */
export function controlTokenOf(
  asked: 'desirable' | 'undesirable' | 'none' | undefined,
  trained: TrainedAs | undefined,
): string | undefined {
  const which = asked ?? (trained?.controlTokens ? 'desirable' : 'none');
  return which === 'none' ? undefined : archangelControlTokens[which];
}
