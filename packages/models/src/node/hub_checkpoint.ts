import { fetchFiles, type HubOptions, type HubRepository } from '@halokit/hub';
import { OpenFiles } from '../checkpoint/checkpoint_files';
import { readObject } from '../checkpoint/json_object';
import { weightMap } from '../checkpoint/stored_tensors';
import { InputError } from '../input_error';
import { folderFiles } from './folder_files';

/** What a checkpoint is made of, and can be fetched one by one: a config says how large a model is before it is loaded. */
export type CheckpointPart = 'config' | 'tokenizer' | 'weights';

/** A checkpoint of the hub, in the cache. */
export interface FetchedCheckpoint {
  /** What `loadCheckpoint` loads; it holds what was fetched of this commit. */
  readonly folder: string;
  /** `owner/name`. */
  readonly repo: string;
  /** What the revision was when it was asked for. */
  readonly commit: string;
}

const single = 'model.safetensors';
const index = 'model.safetensors.index.json';
const small: Readonly<Record<Exclude<CheckpointPart, 'weights'>, readonly string[]>> = {
  config: ['config.json', 'generation_config.json'],
  tokenizer: ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'chat_template.jinja'],
};

/** Whether a checkpoint is named by its place on the hub, not by its folder. */
export function isOnHub(place: string): boolean {
  return place.startsWith('hf:');
}

/**
 * Brings a checkpoint of the hub into the cache: its config, its tokenizer's files and its safetensors, the single file or
 * the shards that its index names, and nothing else. What is there already is not fetched again.
 *
 * @param place `hf:owner/name`, if need be with `@revision`: a branch, tag or commit, or a reference such as `refs/pr/1`
 * @throws InputError when it is not there, may not be read, has no such weights or does not arrive whole
 *
 * @example
 * const { folder } = await fetchCheckpoint('hf:EleutherAI/pythia-70m@step143000', { cache: 'cache' });
 */
export async function fetchCheckpoint(
  place: string,
  hub: HubOptions,
  { parts = ['config', 'tokenizer', 'weights'] }: { readonly parts?: readonly CheckpointPart[] } = {},
): Promise<FetchedCheckpoint> {
  const repository = repositoryOf(place);
  const choose = (paths: readonly string[]) => {
    if (parts.includes('config') && !paths.includes('config.json')) {
      throw new InputError(`${place}: holds no config.json. Is it a language model in Transformers’ format?`);
    }
    const files = parts.flatMap((part) => (part === 'weights' ? [] : small[part]));
    const there = files.filter((path) => paths.includes(path));
    return parts.includes('weights') ? [...there, weightsIn(paths, place)] : there;
  };
  const { folder, commit, files } = await fetchFiles(repository, choose, hub);
  if (files.some(({ name }) => name.endsWith(`/${index}`))) {
    const shards = await shardsIn(folder);
    await fetchFiles({ ...repository, revision: commit }, (paths) => allThere(shards, paths, place), hub);
  }
  return { folder, repo: repository.repo, commit };
}

function repositoryOf(place: string): HubRepository {
  const [, repo, revision = 'main'] = /^hf:([^/@]+\/[^/@]+)(?:@(.+))?$/s.exec(place) ?? [];
  if (repo === undefined) throw new InputError(`${place}: names no model of the hub. Write hf:owner/name@revision.`);
  return { kind: 'models', repo, revision: unescaped(revision, place) };
}

/** As elsewhere in addresses, `%2F` is a slash; one that is written as it is is meant as well. */
function unescaped(revision: string, place: string): string {
  try {
    return decodeURIComponent(revision);
  } catch {
    throw new InputError(`${place}: "${revision}" is no revision of the hub. Write % as %25.`);
  }
}

/** The file that is the weights, or that says which files are. */
function weightsIn(paths: readonly string[], place: string): string {
  const found = [single, index].find((path) => paths.includes(path));
  if (found !== undefined) return found;
  const older = paths.find((path) => /^pytorch_model.*\.bin$/.test(path));
  if (older === undefined) {
    throw new InputError(`${place}: holds no ${single}. Is it a language model in Transformers’ format?`);
  }
  throw new InputError(
    `${place}: holds its weights only as ${older}, which is a program as much as data and is not read. Name a revision ` +
      'with safetensors, often a pull request of the hub’s converter, as in hf:owner/name@refs/pr/1, or have one made at ' +
      'https://huggingface.co/spaces/safetensors/convert.',
  );
}

async function shardsIn(folder: string): Promise<string[]> {
  const files = new OpenFiles(folderFiles(folder));
  try {
    const file = await files.find(index);
    return file ? [...new Set(weightMap(await readObject(file), file.path).values())].sort() : [];
  } finally {
    await files.close();
  }
}

function allThere(shards: readonly string[], paths: readonly string[], place: string): readonly string[] {
  const missing = shards.find((shard) => !paths.includes(shard));
  if (missing === undefined) return shards;
  throw new InputError(
    `${place}: its index names ${missing}, which is not there. Its upload may not be complete: name another revision.`,
  );
}
