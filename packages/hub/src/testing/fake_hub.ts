import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HubKind, pageOf } from '../repository';

/** May answer in place of the hub, by `true`. */
export type Trick = (request: IncomingMessage, response: ServerResponse) => boolean;

const sha = (kind: 'sha1' | 'sha256', bytes: Uint8Array, header = '') =>
  createHash(kind).update(header).update(bytes).digest('hex');

export interface FakeHubOptions {
  /** `datasets` if not given. */
  readonly kind?: HubKind;
  /** Which files come from another host, by a redirect; all if not given. */
  readonly lfs?: (path: string) => boolean;
}

/**
 * A server on this machine that behaves like the hub, with one repository: a revision's commit, a tree of files in pages
 * of two, files by `resolve`, large ones from another host by a redirect, and Range everywhere. For tests of what fetches
 * from the hub: `fail`, `drop`, `stall` and `lies` make it fail as hubs and networks do.
 *
 * Its revisions are `main`, `v1`, `refs/pr/1` and its commit.
 *
 * @example
 * const hub = await FakeHub.start('me/model', { 'config.json': '{}' }, { kind: 'models' });
 * hub.drop('config.json', 1);
 * await fetchFiles({ kind: 'models', repo: 'me/model', revision: 'main' }, (paths) => paths, { cache, endpoint: hub.endpoint });
 * await hub.stop();
 */
export class FakeHub {
  readonly commit = 'c0ffee'.padEnd(40, '0');
  /** What was asked of the hub and of the `store` that its large files come from. */
  readonly requests: { url: string; authorization: string | undefined; range: string | undefined; store: boolean }[] =
    [];
  /** The checksums that the tree says, where they are not the truth. */
  readonly lies = new Map<string, string>();
  /** The sizes that the tree says, where they are not the truth. */
  readonly sizes = new Map<string, number>();
  private readonly tricks: Trick[] = [];

  private constructor(
    private readonly hub: Server,
    private readonly store: Server,
    readonly repo: string,
    private readonly files: Readonly<Record<string, Uint8Array>>,
    readonly kind: HubKind,
    private readonly lfs: (path: string) => boolean,
  ) {}

  static async start(
    repo: string,
    files: Readonly<Record<string, Uint8Array | string>>,
    { kind = 'datasets', lfs = () => true }: FakeHubOptions = {},
  ): Promise<FakeHub> {
    const bytes = Object.entries(files).map(([path, f]) => [path, typeof f === 'string' ? Buffer.from(f) : f] as const);
    const [hub, store] = [createServer(), createServer()];
    const fake = new FakeHub(hub, store, repo, Object.fromEntries(bytes), kind, lfs);
    hub.on('request', (request, response) => fake.answer(request, response, false));
    store.on('request', (request, response) => fake.answer(request, response, true));
    for (const server of [hub, store]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.hub.address() as AddressInfo).port}`;
  }

  /** Tricks the next request that it wants to answer, once. */
  next(trick: Trick): void {
    this.tricks.push(trick);
  }

  /** Answers the next request whose address holds `part` with this status. */
  fail(part: string, status: number, headers: Record<string, string> = {}, times = 1): void {
    for (let i = 0; i < times; i++) {
      this.next((request, response) => {
        if (!request.url?.includes(part)) return false;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        // As careless servers do: it says again what it was told.
        response.end(JSON.stringify({ error: `no: ${request.headers.authorization}` }));
        return true;
      });
    }
  }

  /** Breaks the connection of the next request for a large file after so many of its bytes. */
  drop(path: string, after: number): void {
    this.begin(path, after, (response) => response.destroy());
  }

  /** Sends so many bytes of a large file to the next request for it, and then nothing more. */
  stall(path: string, after: number): void {
    this.begin(path, after, () => {});
  }

  async stop(): Promise<void> {
    for (const server of [this.hub, this.store]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  private begin(path: string, after: number, then: (response: ServerResponse) => void): void {
    this.next((request, response) => {
      const bytes = this.files[path];
      if (request.url !== `/store/${encodeURIComponent(path)}` || !bytes) return false;
      const [from, head] = range(request, bytes.length);
      response.writeHead(head.status, head.headers);
      response.write(bytes.subarray(from, from + after), () => then(response));
      return true;
    });
  }

  private answer(request: IncomingMessage, response: ServerResponse, store: boolean): void {
    const { authorization, range: wanted } = request.headers;
    const url = request.url as string;
    this.requests.push({ url, authorization, range: wanted, store });
    const trick = this.tricks.findIndex((trick) => trick(request, response));
    if (trick >= 0) {
      this.tricks.splice(trick, 1);
      return;
    }
    const api = `/api/${this.kind}/${this.repo}`;
    const resolve = `${pageOf(this, '')}/resolve/${this.commit}/`;
    if (url.startsWith(`${api}/revision/`)) {
      const known = ['main', 'v1', 'refs%2Fpr%2F1', this.commit].includes(
        url.slice(api.length + 10).replace(/\?.*/, ''),
      );
      json(response, known ? 200 : 404, known ? { _id: '1', id: this.repo, sha: this.commit } : { error: 'Not found' });
    } else if (url.startsWith(`${api}/tree/${this.commit}`)) this.tree(url, response);
    else if (url.startsWith(resolve)) this.file(decodeURIComponent(url.slice(resolve.length)), request, response);
    else if (url.startsWith('/store/')) this.send(decodeURIComponent(url.slice(7)), request, response);
    else json(response, 404, { error: 'Repository not found' });
  }

  private tree(url: string, response: ServerResponse): void {
    const page = Number(new URL(url, this.endpoint).searchParams.get('page') ?? 0);
    const entries = Object.entries(this.files).map(([path, bytes]) => {
      const oid = sha('sha1', bytes, `blob ${bytes.length}\0`);
      const size = this.sizes.get(path) ?? bytes.length;
      const lfs = { oid: this.lies.get(path) ?? sha('sha256', bytes), size, pointerSize: 134 };
      return {
        type: 'file',
        path,
        size,
        ...(this.lfs(path) ? { oid: 'pointer', lfs } : { oid: this.lies.get(path) ?? oid }),
      };
    });
    const folders = [{ type: 'directory', path: 'folder', size: 0, oid: 'x' }];
    const items = [...folders, ...entries].slice(page * 2, page * 2 + 2);
    const next = `${this.endpoint}${url.replace(/[&?]page=\d+/, '')}&page=${page + 1}`;
    json(response, 200, items, (page + 1) * 2 < entries.length + 1 ? { link: `<${next}>; rel="next"` } : {});
  }

  private file(path: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.files[path];
    if (bytes && this.lfs(path)) this.redirect(path, bytes, response);
    else if (bytes) this.send(path, request, response);
    else json(response, 404, { error: 'Entry not found' });
  }

  private redirect(path: string, bytes: Uint8Array, response: ServerResponse): void {
    const { port } = this.store.address() as AddressInfo;
    response.writeHead(302, {
      location: `http://127.0.0.1:${port}/store/${encodeURIComponent(path)}`,
      'x-linked-size': bytes.length,
      'x-linked-etag': `"${sha('sha256', bytes)}"`,
      'x-repo-commit': this.commit,
    });
    response.end();
  }

  private send(path: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.files[path] as Uint8Array;
    const [from, { status, headers }] = range(request, bytes.length);
    response.writeHead(status, { ...headers, etag: `"${sha('sha1', bytes)}"` });
    response.end(bytes.subarray(from));
  }
}

function range(
  request: IncomingMessage,
  size: number,
): [number, { status: number; headers: Record<string, string | number> }] {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (start === undefined) return [0, { status: 200, headers: { 'content-length': size } }];
  const from = Number(start);
  if (from >= size) return [size, { status: 416, headers: { 'content-range': `bytes */${size}` } }];
  const headers = { 'content-length': size - from, 'content-range': `bytes ${from}-${size - 1}/${size}` };
  return [from, { status: 206, headers }];
}

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
