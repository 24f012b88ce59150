import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { statusOf } from './ask';
import { checksumOf } from './checksum';
import { explainHub, LostConnection, withRetries } from './hub_error';
import { InputError } from './input_error';
import type { HubEntry } from './listing';
import { authorization, defaultEndpoint, type HubOptions } from './options';
import { type HubRepository, pageOf } from './repository';
import { sizeOf } from './size_of';

/** A file of the hub, and where in the cache it lies, or is to lie. */
export interface HubFile {
  readonly path: string;
  /** What rows and errors call it: `hf:owner/name/folder/file`. */
  readonly name: string;
}

/**
 * Fetches a file into the cache, unless it is there. What arrives is kept beside it as `.partial`, from where the next
 * attempt, or the next run, goes on. It gets its name only when its checksum is right; if it is wrong, it is deleted.
 *
 * Two runs may fetch one file at once: both write the same bytes to the same places.
 *
 * @throws InputError naming the file, when the hub does not give it or gives something else
 */
export async function download(
  { path, name }: HubFile,
  entry: HubEntry,
  repository: HubRepository,
  commit: string,
  options: HubOptions,
): Promise<void> {
  const { size } = entry;
  if ((await sizeOf(path)) === size) {
    options.onEvent?.({ kind: 'done', file: name, size, cached: true });
    return;
  }
  if (options.offline) {
    throw new InputError(
      `${name}: is not in the cache ${options.cache}, and the network is not to be asked. Run once with the network, or put it at ${path}.`,
    );
  }
  const partial = partialOf(path);
  await mkdir(dirname(path), { recursive: true });
  const there = (await sizeOf(partial)) ?? 0;
  options.onEvent?.({ kind: 'start', file: name, size, there: there > size ? 0 : there });
  const { endpoint = defaultEndpoint } = options;
  const inside = entry.path.split('/').map(encodeURIComponent).join('/');
  const url = `${pageOf(repository, endpoint)}/resolve/${commit}/${inside}`;
  const transfer = new Transfer(url, partial, name, size, options);
  try {
    await withRetries(
      name,
      options,
      () => transfer.attempt(),
      () => transfer.progressed,
    );
  } catch (error) {
    throw explainHub(error, name, repository, options);
  }
  await settle(partial, path, name, entry);
  options.onEvent?.({ kind: 'done', file: name, size, cached: false });
}

/** Where a file is until it is whole. */
export function partialOf(path: string): string {
  return `${path}.partial`;
}

/** One file on its way into its `.partial`. */
class Transfer {
  /** Whether the last attempt brought something that none before had. */
  progressed = false;
  private furthest = 0;

  constructor(
    private readonly url: string,
    private readonly partial: string,
    private readonly name: string,
    private readonly size: number,
    private readonly options: HubOptions,
  ) {}

  async attempt(): Promise<void> {
    this.progressed = false;
    const handle = await open(this.partial, constants.O_RDWR | constants.O_CREAT);
    try {
      const there = (await handle.stat()).size;
      if (there > this.size) await handle.truncate(0);
      const from = there > this.size ? 0 : there;
      this.furthest = Math.max(this.furthest, from);
      if (from < this.size) await this.receive(handle, from);
    } finally {
      await handle.close();
    }
  }

  private async receive(handle: FileHandle, from: number): Promise<void> {
    const { fetch: get = fetch, signal, stallAfter = 60_000, onEvent } = this.options;
    const stalled = new AbortController();
    const timer = setTimeout(() => stalled.abort(new LostConnection('no byte came')), stallAfter);
    try {
      const response = await get(this.url, {
        headers: { ...authorization(this.options), range: `bytes=${from}-`, 'accept-encoding': 'identity' },
        signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
      });
      if (!response.ok || !response.body) throw await statusOf(response);
      // Whoever does not know of ranges begins at the beginning.
      let at = response.status === 206 ? from : 0;
      if (response.status === 206 && !response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
        throw new LostConnection('another part than was asked for');
      }
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        timer.refresh();
        if (at + chunk.length > this.size)
          throw new InputError(`${this.name}: is longer than the hub says. Try again.`);
        await handle.write(chunk, 0, chunk.length, at);
        at += chunk.length;
        this.progressed ||= at > this.furthest;
        this.furthest = Math.max(this.furthest, at);
        onEvent?.({ kind: 'progress', file: this.name, received: at, size: this.size });
      }
      if (at < this.size) throw new LostConnection(`cut short after ${at} of ${this.size} bytes`);
    } finally {
      clearTimeout(timer);
      // What is left of an answer would hold its connection open.
      stalled.abort();
    }
  }
}

/** Gives a whole file its name, if it is what the hub says it is. */
async function settle(partial: string, path: string, name: string, { size, checksum }: HubEntry): Promise<void> {
  const { kind, hex } = checksum;
  try {
    const found = await checksumOf(partial, kind);
    if (found !== hex) {
      await rm(partial, { force: true });
      throw new InputError(
        `${name}: arrived with the ${kind} ${found}, but the hub says ${hex}: it was deleted. Try again.`,
      );
    }
    await rename(partial, path);
  } catch (error) {
    // Another run was faster, and has checked it too.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (await sizeOf(path)) === size) return;
    throw error;
  }
}
