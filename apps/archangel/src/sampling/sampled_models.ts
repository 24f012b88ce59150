import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type AskedModel, findAsked } from '../chat/asked_model';
import type { SampleConfig } from '../config/sample_config';
import { InputError } from '../input_error';
import { completionsFile } from './completion_files';

/** A model to ask, and where its answers go. */
export interface SampledModel extends AskedModel {
  /** What it is called there: its folder's name in the run. */
  readonly method: string;
  readonly folder: string;
}

/**
 * The models that were named, each with the one its method started from where that is asked for too.
 *
 * @throws InputError for none, two that would write to one file, or a run without an SFT model that is asked for
 */
export async function sampledModels(said: readonly string[], config: SampleConfig): Promise<SampledModel[]> {
  if (said.length === 0) throw new InputError('Say what to ask: a run’s folder, a checkpoint’s, or hf:owner/name.');
  const models: SampledModel[] = [];
  for (const place of said) {
    const asked = await findAsked(place, config);
    if (config.sft) models.push(named(await findAsked(startOf(asked), { ...config, control: undefined }), config));
    models.push(named(asked, config));
  }
  const distinct = new Map(models.map((model) => [resolve(model.place), model]));
  const files = new Map<string, SampledModel>();
  for (const model of distinct.values()) {
    const file = completionsFile(resolve(model.folder), model.method);
    const other = files.get(file);
    if (other) {
      throw new InputError(
        `${other.place} and ${model.place}: would both write ${completionsFile(model.folder, model.method)}. Ask them one by one, with an --out each.`,
      );
    }
    files.set(file, model);
  }
  return [...distinct.values()];
}

function startOf({ place, run }: AskedModel): string {
  const sft = run === undefined ? undefined : join(run, 'sft');
  if (sft !== undefined && existsSync(join(sft, 'config.json'))) return sft;
  throw new InputError(`${run ?? place}: has no sft/ to ask. Name the model that its method started from.`);
}

function named(asked: AskedModel, { out }: SampleConfig): SampledModel {
  const { place, run, found } = asked;
  const name = found.hub ? found.hub.repo.replaceAll('/', '-') : basename(resolve(place));
  return { ...asked, method: name, folder: out ?? run ?? 'samples' };
}
