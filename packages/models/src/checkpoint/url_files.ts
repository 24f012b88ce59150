import { InputError } from '../input_error';
import type { CheckpointFile, CheckpointFiles } from './checkpoint_files';

/** Part of a file on a server, or all of it. */
interface Part {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  readonly etag: string | null;
}

/** What is asked for at least, so that a header and small tensors cost no request each. */
const partBytes = 2 ** 20;

/**
 * A checkpoint behind http, as a browser has it. Files are read in ranges of bytes where the server serves them, and
 * otherwise fetched whole, once. A server of another origin has to allow it (CORS) and to expose `Content-Range`.
 *
 *     const model = await readCheckpoint(urlFiles('https://example.org/pythia-70m'));
 *
 * @param base address of the folder
 * @param options.fetch takes the place of the global `fetch`, for headers, retries or a way to abort
 */
export function urlFiles(base: string | URL, { fetch: get = fetch }: { fetch?: typeof fetch } = {}): CheckpointFiles {
  const name = String(base).replace(/\/+$/, '');
  return {
    name,
    async open(file) {
      const url = `${name}/${file}`;
      const first = await fetchPart(get, url, 0, partBytes);
      return first && urlFile(get, url, first);
    },
  };
}

function urlFile(get: typeof fetch, url: string, first: Part): CheckpointFile {
  const { size, etag } = first;
  let kept = first;
  return {
    size,
    async read(start, end) {
      if (!covers(kept, start, end)) {
        const part = await fetchPart(get, url, start, Math.max(end, Math.min(start + partBytes, size)));
        if (!part || part.size !== size || part.etag !== etag || !covers(part, start, end)) {
          throw new InputError(`${url}: the server's file changed while it was read. Try again.`);
        }
        kept = part;
      }
      return kept.bytes.slice(start - kept.start, end - kept.start);
    },
  };
}

function covers({ start, bytes }: Part, from: number, to: number): boolean {
  return start <= from && to <= start + bytes.length;
}

/** These bytes of a file, or more of it; `undefined` where there is none. */
async function fetchPart(get: typeof fetch, url: string, start: number, end: number): Promise<Part | undefined> {
  const ranged = await answer(get, url, { Range: `bytes=${start}-${end - 1}` });
  if (isNothing(ranged)) {
    await ranged.body?.cancel();
    return undefined;
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ranged.headers.get('content-range') ?? '');
  if (ranged.status === 206 && range) {
    const bytes = await bodyOf(ranged, url);
    const [from, to, size] = range.slice(1).map(Number) as [number, number, number];
    if (from + bytes.length !== to + 1) throw new InputError(`${url}: the answer was cut short. Try again.`);
    return { start: from, bytes, size, etag: ranged.headers.get('etag') };
  }
  if (ranged.status === 200) return whole(ranged, url);
  await ranged.body?.cancel();
  // A range of nothing: the file is empty.
  if (ranged.status === 416) return { start: 0, bytes: new Uint8Array(), size: 0, etag: ranged.headers.get('etag') };
  // A range whose place the server does not tell, or hides from pages of another origin.
  if (ranged.status === 206) {
    const all = await answer(get, url, {});
    if (all.status === 200) return whole(all, url);
    await all.body?.cancel();
  }
  throw new InputError(`${url}: the server answered ${ranged.status} ${ranged.statusText}.`);
}

/** Servers of single-page apps answer with their page whatever they do not have; no file of a checkpoint is one. */
function isNothing({ status, headers }: Response): boolean {
  return status === 404 || (status < 300 && (headers.get('content-type') ?? '').startsWith('text/html'));
}

async function whole(response: Response, url: string): Promise<Part> {
  const bytes = await bodyOf(response, url);
  return { start: 0, bytes, size: bytes.length, etag: response.headers.get('etag') };
}

async function answer(get: typeof fetch, url: string, headers: Record<string, string>): Promise<Response> {
  return lost(url, () => get(url, { headers }));
}

async function bodyOf(response: Response, url: string): Promise<Uint8Array> {
  return lost(url, async () => new Uint8Array(await response.arrayBuffer()));
}

/** A connection that fails is the address's or the network's fault; what it was is in the cause. */
async function lost<T>(url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const why = `cannot be fetched (${cause.message}). Is the address right, and may this page read it?`;
    throw new InputError(`${url}: ${why}`, { cause });
  }
}
