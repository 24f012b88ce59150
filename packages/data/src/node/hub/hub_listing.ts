import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { datasetInfo, listFiles } from '@huggingface/hub';
import { InputError } from '../../input_error';
import type { HubPlace } from '../../mixture/source';
import { explainHub, HubStatus, isPassing, LostConnection, withRetries } from './hub_error';
import { authorization, defaultEndpoint, type HubOptions } from './hub_options';

/** A file of a data set at one commit. */
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

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision);

/** Where a data set's files are kept: a folder for each commit. */
export function commitFolder(cache: string, repo: string, commit: string): string {
  return join(cache, 'datasets', ...repo.split('/'), commit);
}

/**
 * The files of a data set, at the commit that its revision is now. Both are kept, and serve where the hub cannot be reached;
 * a commit that was listed before is not asked for again.
 *
 * @throws InputError when it is not there, may not be read or cannot be reached, saying what to do
 */
export async function listHub({ repo, revision }: HubPlace, options: HubOptions): Promise<HubListing> {
  const what = `hf:${repo}${revision === 'main' ? '' : `@${revision}`}`;
  const commit = await commitOf(repo, revision, what, options);
  const file = `${commitFolder(options.cache, repo, commit)}.json`;
  const entries = (await readJson<HubEntry[]>(file)) ?? (await fetchEntries(repo, commit, what, file, options));
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  options.onEvent?.({ kind: 'listed', repo, commit, files: entries.length, bytes });
  return { commit, entries };
}

async function commitOf(repo: string, revision: string, what: string, options: HubOptions): Promise<string> {
  if (isCommit(revision)) return revision;
  const file = join(commitFolder(options.cache, repo, 'refs'), encodeURIComponent(revision));
  const known = (await readJson<{ commit: string }>(file))?.commit;
  if (options.offline) {
    if (known !== undefined) return known;
    throw notCached(what, options);
  }
  try {
    const { sha } = await ask(what, options, (api) =>
      datasetInfo({ name: repo, revision, additionalFields: ['sha'], ...api }),
    );
    if (!isCommit(sha)) throw new InputError(`${what}: the hub names no commit for it.`);
    await writeJson(file, { commit: sha });
    return sha;
  } catch (error) {
    if (known === undefined || !isPassing(error)) throw explainHub(error, what, options);
    options.onEvent?.({ kind: 'offline', repo, commit: known, reason: (error as Error).message });
    return known;
  }
}

async function fetchEntries(
  repo: string,
  commit: string,
  what: string,
  file: string,
  options: HubOptions,
): Promise<HubEntry[]> {
  if (options.offline) throw notCached(what, options);
  try {
    const entries = await ask(what, options, async (api) => {
      const found: HubEntry[] = [];
      const repoId = { type: 'dataset', name: repo } as const;
      for await (const entry of listFiles({ repo: repoId, revision: commit, recursive: true, ...api })) {
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
    throw explainHub(error, what, options);
  }
}

function notCached(what: string, { cache }: HubOptions): InputError {
  return new InputError(
    `${what}: is not in the cache ${cache}, and the network is not to be asked. Run once with the network, ` +
      'or copy its files from elsewhere and give their folder in place of the name.',
  );
}

type Api = { readonly fetch: typeof fetch; readonly hubUrl: string };

/** Asks the hub's API, with retries. */
async function ask<T>(what: string, options: HubOptions, question: (api: Api) => Promise<T>): Promise<T> {
  const { endpoint = defaultEndpoint, fetch: get = fetch, stallAfter = 60_000, signal } = options;
  // Not given to the library, which takes no tokens but those of one shape.
  const own = authorization(options);
  const api: Api = {
    hubUrl: endpoint,
    fetch: async (input, init) => {
      const limit = AbortSignal.timeout(stallAfter);
      const response = await get(input, {
        ...init,
        headers: { ...init?.headers, ...own },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      if (!response.ok) throw await statusOf(response);
      return response;
    },
  };
  return await withRetries(what, options, async () => {
    try {
      return await question(api);
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') throw new LostConnection('no answer');
      if (error instanceof SyntaxError) throw new LostConnection('an answer that is no JSON');
      throw error;
    }
  });
}

/** What a failed answer says, its body thrown away. */
export async function statusOf(response: Response): Promise<HubStatus> {
  await response.body?.cancel();
  const after = response.headers.get('retry-after');
  const seconds = after === null ? Number.NaN : Number(after);
  return new HubStatus(response.status, Number.isFinite(seconds) ? seconds * 1000 : undefined);
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    // A file that was half written is as good as none.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${Math.random().toString(36).slice(2)}.partial`;
  await writeFile(partial, JSON.stringify(value));
  await rename(partial, file);
}
