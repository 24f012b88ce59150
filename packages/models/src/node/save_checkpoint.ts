import { wholeWeights } from '../adapters/merge_adapter';
import type { CausalLM } from '../causal_lm';
import { jsonFiles } from '../checkpoint/json_files';
import { weightFiles } from '../checkpoint/weight_files';
import type { SavedDtype } from '../checkpoint/weight_format';
import { InputError } from '../input_error';
import { textFiles, writeFolder } from './write_folder';

export interface SaveOptions {
  /** What weights are rounded to: to nearest, ties to even. Default: `float32`, as they are trained. */
  readonly dtype?: SavedDtype;
  /** Weights beyond this go into shards with an index. Default: 5 GB (5e9), as in Transformers. */
  readonly maxShardBytes?: number;
  /** Further files, such as `tokenizer.json`: contents by name. A `generation_config.json` takes the place of the model's. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Writes a folder in Hugging Face's format: `config.json`, `generation_config.json`, `model.safetensors` or shards with
 * their index, and any further files. What the checkpoint that the model came from said in its JSON files, and nothing
 * here reads, is kept. A model with an adapter is saved merged, as one that needs none (`saveAdapter` saves the adapter).
 *
 * All of it is written into a folder beside and renamed at the end, so a crash or a full disk leaves what was there.
 * Weights are fetched tensor by tensor.
 *
 * @throws InputError for a weight that `dtype` cannot hold (beyond 65504 in float16): saved, it would be infinite
 * @throws the system's error (ENOSPC, EACCES), with the path, after clearing away what was begun
 */
export async function saveCheckpoint(
  model: CausalLM,
  folder: string,
  { dtype = 'float32', maxShardBytes = 5e9, files = {} }: SaveOptions = {},
): Promise<void> {
  const weights = weightFiles(wholeWeights(model), { dtype, maxShardBytes });
  await writeFolder(folder, [...textFiles({ ...jsonFiles(model, dtype), ...further(files) }), ...weights]);
}

/** @throws InputError for a name that leads out of the folder or is that of a file which only the model can fill */
function further(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name of Object.keys(files)) {
    if (!/^[^/\\:\0]+$/.test(name) || /^\.{1,2}$/.test(name)) {
      throw new InputError(`files: ${JSON.stringify(name)} is not the plain name of a file.`);
    }
    if (/^config\.json$|^model.*\.safetensors(\.index\.json)?$/.test(name)) {
      throw new InputError(`files: ${name} is written from the model itself. Leave it out.`);
    }
  }
  return files;
}
