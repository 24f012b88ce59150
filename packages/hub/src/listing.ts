import { join } from 'node:path';
import { datasetInfo, listFiles, modelInfo } from '@huggingface/hub';
import { type Api, ask } from './ask';
import { explainHub, isPassing } from './hub_error';
import { InputError } from './input_error';
import { readJson, writeJson } from './json_file';
import type { HubOptions } from './options';
import { checkName, commitFolder, type HubRepository, isCommit, nameOf, repositoryFolder } from './repository';

/** A file of a repository at one commit. */
export interface HubEntry {
  readonly path: string;
  readonly size: number;
  /** Of its bytes, or of git's blob of them. */
  readonly checksum: { readonly kind: 'sha256' | 'git-sha1'; readonly hex: string };
}

export interface HubListing {
  readonly commit: string;
  readonly entries: readonly HubEntry[];
}

/**
 * The files of a repository, at the commit that its revision is now. Both are kept, and serve where the hub cannot be
 * reached; a commit that was listed before is not asked for again.
 *
 * @throws InputError when it is not there, may not be read or cannot be reached, saying what to do
 */
export async function listRepository(repository: HubRepository, options: HubOptions): Promise<HubListing> {
  checkName(repository);
  const commit = await commitOf(repository, options);
  const file = `${commitFolder(options.cache, repository, commit)}.json`;
  const entries = (await readJson<HubEntry[]>(file)) ?? (await fetchEntries(repository, commit, file, options));
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  options.onEvent?.({ kind: 'listed', repo: repository.repo, commit, files: entries.length, bytes });
  return { commit, entries };
}

async function commitOf(repository: HubRepository, options: HubOptions): Promise<string> {
  const { repo, revision } = repository;
  if (isCommit(revision)) return revision;
  const file = join(repositoryFolder(options.cache, repository), 'refs', encodeURIComponent(revision));
  const known = (await readJson<{ commit: string }>(file))?.commit;
  if (options.offline) {
    if (known !== undefined) return known;
    throw notCached(repository, options);
  }
  try {
    const { sha } = await ask(nameOf(repository), options, (api) => infoOf(repository, api));
    if (!isCommit(sha)) throw new InputError(`${nameOf(repository)}: the hub names no commit for it.`);
    await writeJson(file, { commit: sha });
    return sha;
  } catch (error) {
    if (known === undefined || !isPassing(error)) throw explainHub(error, nameOf(repository), repository, options);
    options.onEvent?.({ kind: 'offline', repo, commit: known, reason: (error as Error).message });
    return known;
  }
}

function infoOf({ kind, repo, revision }: HubRepository, api: Api): Promise<{ readonly sha: string }> {
  const asked = { name: repo, revision, ...api };
  return kind === 'models'
    ? modelInfo({ ...asked, additionalFields: ['sha'] })
    : datasetInfo({ ...asked, additionalFields: ['sha'] });
}

async function fetchEntries(
  repository: HubRepository,
  commit: string,
  file: string,
  options: HubOptions,
): Promise<HubEntry[]> {
  if (options.offline) throw notCached(repository, options);
  const type = repository.kind === 'models' ? 'model' : 'dataset';
  try {
    const entries = await ask(nameOf(repository), options, async (api) => {
      const found: HubEntry[] = [];
      const repo = { type, name: repository.repo } as const;
      for await (const entry of listFiles({ repo, revision: commit, recursive: true, ...api })) {
        if (entry.type !== 'file') continue;
        const { path, size, oid = '', lfs } = entry;
        const checksum = lfs ? ({ kind: 'sha256', hex: lfs.oid } as const) : ({ kind: 'git-sha1', hex: oid } as const);
        found.push({ path, size: lfs?.size ?? size, checksum });
      }
      return found;
    });
    await writeJson(file, entries);
    return entries;
  } catch (error) {
    throw explainHub(error, nameOf(repository), repository, options);
  }
}

function notCached(repository: HubRepository, { cache }: HubOptions): InputError {
  return new InputError(
    `${nameOf(repository)}: is not in the cache ${cache}, and the network is not to be asked. Run once with the network, ` +
      'or copy its files from elsewhere and give their folder in place of the name.',
  );
}
