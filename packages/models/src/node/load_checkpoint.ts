import type { HubOptions } from '@halokit/hub';
import type { CausalLM } from '../causal_lm';
import { type ReadOptions, readCheckpoint } from '../checkpoint/read_checkpoint';
import { InputError } from '../input_error';
import { folderFiles } from './folder_files';
import { fetchCheckpoint, isOnHub } from './hub_checkpoint';

/**
 * Loads a Hugging Face checkpoint: `config.json` and `model.safetensors`, or shards with their index. See `readCheckpoint`,
 * which this is for a folder, or for a place on the hub, which is fetched into `hub.cache` first (`fetchCheckpoint`).
 *
 *     const model = await loadCheckpoint('hf:EleutherAI/pythia-70m@main', { hub: { cache: 'cache' } });
 *
 * @param place a folder, or `hf:owner/name@revision`
 * @throws InputError as `readCheckpoint` does
 */
export async function loadCheckpoint(
  place: string,
  { hub, ...options }: ReadOptions & { readonly hub?: HubOptions } = {},
): Promise<CausalLM> {
  return readCheckpoint(folderFiles(isOnHub(place) ? await fetched(place, hub) : place), options);
}

async function fetched(place: string, hub: HubOptions | undefined): Promise<string> {
  if (hub) return (await fetchCheckpoint(place, hub)).folder;
  throw new InputError(`${place}: is on the hub. Say where to keep it: { hub: { cache: 'FOLDER' } }.`);
}
