import { type ModelConfig, readConfig } from '../families/families';
import { InputError } from '../input_error';
import type { OpenFiles } from './checkpoint_files';
import type { CheckpointJson } from './checkpoint_json';
import { expectedTensors, type WeightTensor } from './expected_tensors';
import { readGeneration } from './generation_config';
import { readObject } from './json_object';
import { storedTensors } from './stored_tensors';

/** A checkpoint of which everything is known but its numbers. */
export interface OpenCheckpoint {
  readonly config: ModelConfig;
  /** Where the numbers of each weight are, in the order of the model's weights. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly json: CheckpointJson;
}

/** Reads the JSON of a checkpoint and the headers of its weights. @throws InputError as `readCheckpoint` does */
export async function openCheckpoint(files: OpenFiles): Promise<OpenCheckpoint> {
  const configFile = await files.find('config.json');
  if (!configFile) throw new InputError(`${files.place}: ${await instead(files)}`);
  const json = await readObject(configFile);
  const config = readConfig(json, configFile.path);
  const generation = await files.find('generation_config.json');
  return {
    config,
    tensors: expectedTensors(config, await storedTensors(files), files.place),
    json: { config: json, generation: generation && (await readGeneration(generation)) },
  };
}

/** What there is where a config is missing. */
async function instead(files: OpenFiles): Promise<string> {
  if (!(await files.find('adapter_config.json'))) return 'holds no config.json, so this is no checkpoint.';
  return 'holds an adapter and not the model that it belongs to. Load that, and then this with loadAdapter.';
}
