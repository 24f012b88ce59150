import { InputError } from '../input_error';
import type { OpenFile, OpenFiles } from './checkpoint_files';
import { quoted, readObject } from './json_object';
import { readHeader, type TensorEntry } from './safetensors_header';

/** A tensor and the file that it is in. */
export interface StoredTensor extends TensorEntry {
  readonly file: OpenFile;
}

const single = 'model.safetensors';
const index = 'model.safetensors.index.json';

/**
 * Every tensor of a checkpoint by its name, from `model.safetensors` or from the shards of its index.
 *
 * @throws InputError when there are no weights, or index and shards disagree
 */
export async function storedTensors(files: OpenFiles): Promise<Map<string, StoredTensor>> {
  const [whole, sharded] = [await files.find(single), await files.find(index)];
  if (whole && sharded)
    throw new InputError(`${files.place}: holds both ${single} and ${index}. Move one of them away.`);
  if (whole) return entriesOf(whole);
  if (sharded) return shardTensors(files, sharded);
  throw new InputError(`${files.place}: holds neither ${single} nor ${index}.${await converting(files)}`);
}

async function shardTensors(files: OpenFiles, indexFile: OpenFile): Promise<Map<string, StoredTensor>> {
  const map = weightMap(await readObject(indexFile), indexFile.path);
  const stored = new Map<string, StoredTensor>();
  for (const shard of new Set(map.values())) {
    const file = await files.find(shard);
    if (!file) throw new InputError(`${indexFile.path}: names ${shard}, which is not there. Download it.`);
    for (const [name, entry] of await entriesOf(file)) {
      const twin = stored.get(name);
      if (twin) throw new InputError(`${file.path}: tensor ${quoted(name)} is also in ${twin.file.path}.`);
      if ((map.get(name) ?? shard) !== shard) {
        throw new InputError(
          `${file.path}: holds tensor ${quoted(name)}, which the index says is in ${map.get(name)}.`,
        );
      }
      stored.set(name, entry);
    }
  }
  for (const [name, shard] of map) {
    if (stored.has(name)) continue;
    throw new InputError(`${indexFile.path}: says that tensor ${quoted(name)} is in ${shard}, and it is not.`);
  }
  return stored;
}

/** Shards by tensor. Only plain names pass: an index could otherwise point anywhere on a disk or a server. */
export function weightMap({ weight_map: map }: Record<string, unknown>, path: string): Map<string, string> {
  if (typeof map !== 'object' || map === null) throw new InputError(`${path}: weight_map is missing.`);
  const entries = Object.entries(map).map(([name, shard]): [string, string] => {
    if (typeof shard !== 'string' || !/^\w[\w.-]{0,200}\.safetensors$/.test(shard)) {
      const shown = quoted(String(shard));
      throw new InputError(`${path}: ${shown} is not the name of a safetensors file beside the index.`);
    }
    return [name, shard];
  });
  return new Map(entries);
}

async function entriesOf(file: OpenFile): Promise<Map<string, StoredTensor>> {
  return new Map([...(await readHeader(file))].map(([name, entry]) => [name, { ...entry, file }]));
}

/** How to make safetensors of the older format, where that is what there is. */
async function converting(files: OpenFiles): Promise<string> {
  const older = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];
  for (const name of older) {
    if (!(await files.find(name))) continue;
    return (
      ` It holds ${name}, which is a program as much as data and is not read. Where you trust it, convert it in its ` +
      `folder: pip install torch transformers && python -c "from transformers import AutoModelForCausalLM as M; ` +
      `M.from_pretrained('.').save_pretrained('.', safe_serialization=True)"`
    );
  }
  return '';
}
