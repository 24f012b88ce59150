import { readAdapter } from '../adapters/read_adapter';
import type { CausalLM } from '../causal_lm';
import { folderFiles } from './folder_files';

/**
 * Gives a model the adapter that PEFT or `saveAdapter` has saved in a folder. See `readAdapter`.
 *
 *     const policy = await loadAdapter(await loadCheckpoint('pythia-1.4b'), 'runs/sft/adapter');
 *
 * @throws InputError naming the file, field or tensor that is missing, extra, misshapen, or does what is not done here; and
 * when the model has an adapter already
 */
export async function loadAdapter(
  model: CausalLM,
  folder: string,
  { trainable = true }: { readonly trainable?: boolean } = {},
): Promise<CausalLM> {
  return readAdapter(model, folderFiles(folder), { trainable });
}
