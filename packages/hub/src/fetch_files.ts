import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { download, type HubFile, partialOf } from './download';
import { InputError } from './input_error';
import { type HubEntry, listRepository } from './listing';
import type { HubOptions } from './options';
import { commitFolder, type HubRepository, nameOf } from './repository';
import { sizeOf } from './size_of';

/** Files of one commit, in the cache. */
export interface FetchedFiles {
  readonly commit: string;
  /** Holds the files of that commit, each at its path in the repository. */
  readonly folder: string;
  /** Those that were chosen, in that order. */
  readonly files: readonly HubFile[];
}

/**
 * Brings chosen files of a repository into the cache: those that are not there yet, each resumed where an earlier run left
 * it, and checked by its checksum.
 *
 * @param choose the paths wanted, of all that the repository has at that commit
 * @throws InputError when the repository or a file is not there, may not be read or does not arrive whole, or the disk has
 * no room for what is missing
 *
 * @example
 * const pythia = { kind: 'models', repo: 'EleutherAI/pythia-70m', revision: 'main' } as const;
 * const { folder } = await fetchFiles(pythia, () => ['config.json', 'model.safetensors'], { cache: 'cache' });
 */
export async function fetchFiles(
  repository: HubRepository,
  choose: (paths: readonly string[]) => readonly string[],
  options: HubOptions,
): Promise<FetchedFiles> {
  const { commit, entries } = await listRepository(repository, options);
  const folder = commitFolder(options.cache, repository, commit);
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  const chosen = choose([...known.keys()]).map((path) => {
    const entry = known.get(path);
    if (!entry) throw new InputError(`${nameOf(repository)}: has no file ${path} at commit ${commit}.`);
    return { entry, file: placeOf(repository, folder, path) };
  });
  const bytes = chosen.reduce((sum, { entry }) => sum + entry.size, 0);
  let missing = 0;
  for (const { entry, file } of chosen) missing += await missingOf(entry, file);
  options.onEvent?.({ kind: 'chosen', repo: repository.repo, commit, files: chosen.length, bytes, missing });
  if (missing > 0 && !options.offline) await requireRoom(missing, repository, options.cache);
  for (const { entry, file } of chosen) await download(file, entry, repository, commit, options);
  return { commit, folder, files: chosen.map(({ file }) => file) };
}

/** @throws InputError for a name that would leave the cache */
function placeOf({ repo }: HubRepository, folder: string, path: string): HubFile {
  const name = `hf:${repo}/${path}`;
  const segments = path.split('/');
  if (segments.every((segment) => !/^\.{0,2}$/.test(segment) && !/[\\:\0]/.test(segment))) {
    return { path: join(folder, ...segments), name };
  }
  throw new InputError(`${name}: has a name that is no place for a file.`);
}

async function missingOf({ size }: HubEntry, { path }: HubFile): Promise<number> {
  if ((await sizeOf(path)) === size) return 0;
  return size - Math.min((await sizeOf(partialOf(path))) ?? 0, size);
}

async function requireRoom(bytes: number, repository: HubRepository, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const { bavail, bsize } = await statfs(cache);
  if (bytes <= bavail * bsize) return;
  const gigabytes = (size: number) => (size / 1e9).toFixed(1);
  throw new InputError(
    `${nameOf(repository)}: ${gigabytes(bytes)} GB are still to come, but ${cache} has room for ${gigabytes(bavail * bsize)} GB. ` +
      'Free some, or choose another cache.',
  );
}
