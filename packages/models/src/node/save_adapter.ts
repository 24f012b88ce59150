import { adapterFiles, peftFiles } from '../adapters/adapter_files';
import type { CausalLM } from '../causal_lm';
import type { SavedDtype } from '../checkpoint/weight_format';
import { textFiles, writeFolder } from './write_folder';

export interface SaveAdapterOptions {
  /** What numbers are rounded to: to nearest, ties to even. Default: `float32`, as they are trained. */
  readonly dtype?: SavedDtype;
  /** The model that the adapter belongs to, for whoever loads it: a name on the hub or a folder. */
  readonly base?: string;
}

/**
 * Writes a model's adapter in PEFT's format, without the model: `adapter_config.json` and `adapter_model.safetensors`. They
 * are written aside and renamed at the end. Heads are not part of it: `saveCheckpoint` keeps those.
 *
 * @throws InputError when the model has no adapter, or for a number that `dtype` cannot hold
 * @throws the system's error (ENOSPC, EACCES), with the path, after clearing away what was begun
 *
 * @example
 * await saveAdapter(policy, 'runs/kto/adapter', { base: 'EleutherAI/pythia-1.4b' });
 */
export async function saveAdapter(
  model: CausalLM,
  folder: string,
  { dtype = 'float32', base }: SaveAdapterOptions = {},
): Promise<void> {
  const { config, weights } = adapterFiles(model, { dtype, base });
  await writeFolder(folder, [...textFiles({ [peftFiles.config]: config }), weights]);
}
