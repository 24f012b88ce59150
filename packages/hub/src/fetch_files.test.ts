import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { HubEvent } from './events';
import { fetchFiles } from './fetch_files';
import type { HubOptions } from './options';
import type { HubKind, HubRepository } from './repository';
import { FakeHub } from './testing/fake_hub';

const big = Buffer.alloc(300_000, 'twelve bytes');
const token = 'hf_secretSecretSecret';
const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

interface Start {
  readonly files?: Record<string, Uint8Array | string>;
  readonly kind?: HubKind;
  readonly lfs?: (path: string) => boolean;
}

async function start({
  files = { 'a/train.jsonl': '{"a":1}\n', 'big.jsonl': big },
  kind = 'datasets',
  lfs,
}: Start = {}) {
  const hub = await FakeHub.start('me/set', files, { kind, lfs });
  hubs.push(hub);
  const events: HubEvent[] = [];
  const options: HubOptions = {
    cache: await mkdtemp(join(tmpdir(), 'halokit-hub-')),
    endpoint: hub.endpoint,
    retryDelay: 1,
    retries: 3,
    onEvent: (event) => events.push(event),
  };
  /** All files below a path of a revision, in the order of their names. */
  const fetchAll = async (more: Partial<HubOptions & HubRepository & { below: string }> = {}) => {
    const { repo = 'me/set', revision = 'main', below = '', ...changed } = more;
    const isWanted = (path: string) => path.startsWith(below);
    const choose = (paths: readonly string[]) => paths.filter(isWanted).sort();
    return (await fetchFiles({ kind, repo, revision }, choose, { ...options, ...changed })).files;
  };
  const kinds = () => events.map(({ kind }) => kind).filter((kind) => kind !== 'progress');
  return {
    hub,
    options,
    events,
    kinds,
    fetchAll,
    at: (path: string) => join(options.cache, kind, 'me/set', hub.commit, path),
  };
}

test.each(['models', 'datasets'] as const)(
  '%s: files of all pages, by redirect or straight, pinned to a commit and fetched once',
  async (kind) => {
    const files = { 'a/train.jsonl': '{"a":1}\n', 'big.jsonl': big, 'c d/ü#?.csv': 'a\n1\n', 'e.jsonl': '' };
    const { hub, fetchAll, at, kinds, events } = await start({ files, kind, lfs: (path) => path === 'big.jsonl' });
    const fetched = await fetchAll();
    expect(fetched).toEqual(Object.keys(files).map((path) => ({ path: at(path), name: `hf:me/set/${path}` })));
    for (const { path, name } of fetched) {
      expect((await readFile(path)).equals(Buffer.from(files[name.slice(10) as 'big.jsonl']))).toBe(true);
    }
    expect(kinds()).toEqual(['listed', 'chosen', ...Array(4).fill(['start', 'done']).flat()]);
    const of = { repo: 'me/set', commit: hub.commit };
    expect(events.slice(0, 2)).toEqual([
      { kind: 'listed', ...of, files: 4, bytes: 300_012 },
      { kind: 'chosen', ...of, files: 4, bytes: 300_012, missing: 300_012 },
    ]);
    expect(events.at(-3)).toMatchObject({ kind: 'done', file: 'hf:me/set/c d/ü#?.csv', cached: false });

    const before = hub.requests.length;
    expect(await fetchAll()).toEqual(fetched);
    // Only what the branch's commit is now.
    expect(hub.requests.slice(before).map(({ url }) => url)).toEqual([expect.stringContaining('/revision/main')]);
    expect(events.findLast(({ kind }) => kind === 'chosen')).toMatchObject({ bytes: 300_012, missing: 0 });
    expect(await fetchAll({ revision: hub.commit })).toEqual(fetched);
    expect(hub.requests.length).toBe(before + 1);
  },
);

test('models and data sets of one name do not meet', async () => {
  const { options } = await start();
  const model = await FakeHub.start('me/set', { 'a/train.jsonl': 'model' }, { kind: 'models' });
  hubs.push(model);
  const repository = { kind: 'models', repo: 'me/set', revision: 'main' } as const;
  const { folder } = await fetchFiles(repository, (all) => all, { ...options, endpoint: model.endpoint });
  expect(folder).toBe(join(options.cache, 'models/me/set', model.commit));
  expect(await readFile(join(folder, 'a/train.jsonl'), 'utf8')).toBe('model');
  // What serves data sets has no model of that name.
  await expect(fetchFiles(repository, (all) => all, { ...options, cache: join(options.cache, 'x') })).rejects.toThrow(
    'hf:me/set: is not on the hub',
  );
});

test('only what is chosen, in that order, at another revision', async () => {
  const { hub, options, fetchAll, at } = await start({ files: { 'b.json': '1', 'a/c.json': '2', 'd.json': '3' } });
  const choose = (paths: readonly string[]) => {
    expect(paths).toEqual(['b.json', 'a/c.json', 'd.json']);
    return ['d.json', 'a/c.json'];
  };
  const at1 = { kind: 'datasets', repo: 'me/set', revision: 'refs/pr/1' } as const;
  const { commit, files } = await fetchFiles(at1, choose, options);
  expect([commit, files.map(({ path }) => path)]).toEqual([hub.commit, [at('d.json'), at('a/c.json')]]);
  expect(existsSync(at('b.json'))).toBe(false);
  expect(hub.requests.some(({ url }) => url.includes('/revision/refs%2Fpr%2F1'))).toBe(true);
  expect((await fetchAll({ revision: 'v1' })).length).toBe(3);
  await expect(fetchFiles(at1, () => ['z.json'], options)).rejects.toThrow(
    `hf:me/set@refs/pr/1: has no file z.json at commit ${hub.commit}.`,
  );
});

test.each([
  ['set', 'main'],
  ['../set', 'main'],
  ['me/..', 'main'],
  ['me/set/more', 'main'],
  ['me\\set/x', 'main'],
  ['me/set', ''],
  ['me/set', '..'],
])('%s at "%s" names no repository', async (repo, revision) => {
  const { hub, fetchAll } = await start();
  await expect(fetchAll({ repo, revision })).rejects.toThrow('names no repository of the hub');
  expect(hub.requests).toEqual([]);
});

test('more than the disk has room for is refused before anything is fetched', async () => {
  const { hub, fetchAll, kinds } = await start();
  hub.sizes.set('big.jsonl', 1e18);
  await expect(fetchAll()).rejects.toThrow(
    /^hf:me\/set: 1000000000\.0 GB are still to come, but .* has room for [\d.]+ GB\. Free some, or choose another cache\.$/,
  );
  expect(kinds()).toEqual(['listed', 'chosen']);
});

test('a dropped connection goes on where it stopped', async () => {
  const { hub, fetchAll, events } = await start();
  hub.drop('big.jsonl', 100_000);
  hub.drop('big.jsonl', 50_000);
  const [, file] = await fetchAll();
  expect((await readFile(file?.path as string)).equals(big)).toBe(true);
  const ranges = hub.requests
    .filter(({ url }) => url.includes('/store/big'))
    .map(({ range }) => Number(range?.slice(6, -1)));
  expect(ranges.length).toBe(3);
  expect(ranges[0]).toBe(0);
  expect(ranges[1]).toBeGreaterThan(0);
  expect(ranges[2]).toBeGreaterThan(ranges[1] as number);
  expect(events.filter(({ kind }) => kind === 'retry')).toMatchObject([
    { what: 'hf:me/set/big.jsonl', attempt: 1 },
    { attempt: 2 },
  ]);
  const progress = events.flatMap((event) => (event.kind === 'progress' && event.file.includes('big') ? [event] : []));
  expect(progress.at(-1)).toMatchObject({ received: 300_000, size: 300_000 });
});

test('progress costs no retry, however often the connection drops', async () => {
  const { hub, fetchAll } = await start();
  for (let i = 0; i < 10; i++) hub.drop('big.jsonl', 20_000);
  expect((await readFile((await fetchAll())[1]?.path as string)).equals(big)).toBe(true);
});

test('a server that knows no ranges begins again, and one that never gets further is given up', async () => {
  const { hub, fetchAll, at } = await start();
  const whole = (after: number) =>
    hub.next((request, response) => {
      if (!request.url?.startsWith('/store/big')) return false;
      response.writeHead(200, { 'content-length': big.length });
      if (after < big.length) response.write(big.subarray(0, after), () => response.destroy());
      else response.end(big);
      return true;
    });
  whole(100_000);
  whole(big.length);
  expect((await readFile((await fetchAll())[1]?.path as string)).equals(big)).toBe(true);

  const second = await start();
  const drops = 20;
  for (let i = 0; i < drops; i++) {
    second.hub.next((request, response) => {
      if (!request.url?.startsWith('/store/big')) return false;
      response.writeHead(200, { 'content-length': big.length });
      response.write(big.subarray(0, 70_000), () => response.destroy());
      return true;
    });
  }
  await expect(second.fetchAll()).rejects.toThrow(
    /^hf:me\/set\/big\.jsonl: the hub cannot be reached \(.*\)\. Try again: what has arrived is kept\.$/,
  );
  expect(second.hub.requests.filter(({ url }) => url.startsWith('/store/big')).length).toBeLessThan(10);
  expect(existsSync(second.at('big.jsonl'))).toBe(false);
  expect(existsSync(at('big.jsonl.partial'))).toBe(false);
});

test('the next run goes on with what the last one left', async () => {
  const { hub, fetchAll, at } = await start();
  await fetchAll({ below: 'a' });
  await writeFile(at('big.jsonl.partial'), big.subarray(0, 123_456));
  await fetchAll();
  expect(hub.requests.at(-1)).toMatchObject({ range: 'bytes=123456-', store: true });
  expect((await readFile(at('big.jsonl'))).equals(big)).toBe(true);
});

test('a file whose checksum is wrong is deleted and named, and can be fetched again', async () => {
  for (const lfs of [true, false]) {
    const { hub, fetchAll, at } = await start({ files: { 'big.jsonl': big }, lfs: () => lfs });
    hub.lies.set('big.jsonl', 'f'.repeat(lfs ? 64 : 40));
    await expect(fetchAll()).rejects.toThrow(`hf:me/set/big.jsonl: arrived with the ${lfs ? 'sha256' : 'git-sha1'} `);
    expect(existsSync(at('big.jsonl')) || existsSync(at('big.jsonl.partial'))).toBe(false);
  }
  // A partial file with a wrong byte in it.
  const { fetchAll, at } = await start();
  await fetchAll({ below: 'a' });
  await writeFile(at('big.jsonl.partial'), Buffer.alloc(1000, 'x'));
  await expect(fetchAll()).rejects.toThrow('it was deleted. Try again.');
  await fetchAll();
  expect((await readFile(at('big.jsonl'))).equals(big)).toBe(true);
});

test('429 and 5xx are tried again, after as long as the hub asks', async () => {
  const { hub, fetchAll, events } = await start();
  hub.fail('/revision/', 503);
  hub.fail('/tree/', 429, { 'retry-after': '0.2' });
  hub.fail('/resolve/', 500);
  const begin = performance.now();
  await fetchAll();
  expect(performance.now() - begin).toBeGreaterThan(190);
  expect(events.flatMap((event) => (event.kind === 'retry' ? [event.reason] : []))).toEqual([
    'the hub answered 503',
    'the hub answered 429',
    'the hub answered 500',
  ]);
});

test.each([
  [429, 'hf:me/set: the hub asks for patience (429). Try again later: what has arrived is kept.'],
  [502, 'hf:me/set: the hub answered 502. Try again later: what has arrived is kept.'],
])('%i without an end is given up', async (status, message) => {
  const { hub, fetchAll } = await start();
  hub.fail('/revision/', status, {}, 9);
  await expect(fetchAll()).rejects.toThrow(message);
  expect(hub.requests.length).toBe(4);
});

test('what is not there or may not be read is said at once', async () => {
  const { hub, fetchAll } = await start();
  await expect(fetchAll({ repo: 'me/other' })).rejects.toThrow(
    'hf:me/other: is not on the hub. Is the name, revision or folder right?',
  );
  await expect(fetchAll({ revision: 'v9' })).rejects.toThrow('hf:me/set@v9: is not on the hub');
  hub.fail('/revision/', 401);
  await expect(fetchAll()).rejects.toThrow(
    'hf:me/set: the hub refuses it (401): it is private, gated or not there. ' +
      `Make a token that may read it at ${hub.endpoint}/settings/tokens and give it in the option token.`,
  );
  hub.fail('/resolve/', 403);
  await expect(fetchAll({ token })).rejects.toThrow(
    'hf:me/set/a/train.jsonl: the hub refuses it (403): it is private, gated or not there. ' +
      'The token in the option token may not read it.',
  );
  expect(hub.requests.length).toBe(7);
});

test.each([
  ['models', '/me/set'],
  ['datasets', '/datasets/me/set'],
] as const)('%s that are gated: how to get access, and where the token goes', async (kind, page) => {
  const { hub, fetchAll } = await start({ kind });
  const tokenName = 'HF_TOKEN';
  hub.fail('/resolve/', 401, { 'x-error-code': 'GatedRepo' });
  await expect(fetchAll({ tokenName })).rejects.toThrow(
    `hf:me/set/a/train.jsonl: is gated (401). Ask for access at ${hub.endpoint}${page}, signed in. ` +
      `Make a token that may read it at ${hub.endpoint}/settings/tokens and give it in HF_TOKEN.`,
  );
  hub.fail('/resolve/', 403, { 'x-error-code': 'GatedRepo' });
  const error = await fetchAll({ tokenName, token }).catch((error: Error) => error.message);
  expect(error).toContain(
    `is gated (403), and the token in HF_TOKEN has no access. Ask for it at ${hub.endpoint}${page}, signed in as the token’s owner`,
  );
  expect(error).not.toContain('ecret');
});

test('the token goes to the hub alone, and into no error or event', async () => {
  const { hub, fetchAll, events } = await start();
  await fetchAll({ token });
  for (const { store, authorization } of hub.requests)
    expect(authorization).toBe(store ? undefined : `Bearer ${token}`);
  expect(hub.requests.some(({ store }) => store)).toBe(true);

  for (const [part, status] of [
    ['/revision/', 401],
    ['/revision/', 500],
    ['/revision/', 404],
    ['/revision/', 418],
  ] as const) {
    hub.fail(part, status, {}, status === 500 ? 4 : 1);
    const error = await fetchAll({ revision: 'v1', token }).catch((error: Error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(`${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('ecret');
    await fetchAll();
  }
  const broken = await fetchAll({ revision: 'v1', token: `${token}\n` }).catch((error: Error) => error);
  expect((broken as Error).message).toBe('The token of the hub holds characters that no token has.');
  expect(JSON.stringify(events)).not.toContain('ecret');
});

test('offline, what was fetched serves, and the rest is an error that says how to fill the cache', async () => {
  const { hub, fetchAll, options } = await start();
  await expect(fetchAll({ offline: true })).rejects.toThrow(
    `hf:me/set: is not in the cache ${options.cache}, and the network is not to be asked. Run once with the network, ` +
      'or copy its files from elsewhere and give their folder in place of the name.',
  );
  expect(hub.requests).toEqual([]);
  const fetched = await fetchAll({ below: 'a' });
  await hub.stop();
  expect(await fetchAll({ below: 'a', offline: true })).toEqual(fetched);
  await expect(fetchAll({ offline: true })).rejects.toThrow('hf:me/set/big.jsonl: is not in the cache');
});

test('where the hub cannot be reached the commit known before serves, and it is said', async () => {
  const { hub, fetchAll, events, options } = await start();
  const fetched = await fetchAll();
  await hub.stop();
  expect(await fetchAll()).toEqual(fetched);
  expect(events).toContainEqual({ kind: 'offline', repo: 'me/set', commit: hub.commit, reason: 'ECONNREFUSED' });
  await expect(fetchAll({ cache: join(options.cache, 'other') })).rejects.toThrow(
    'hf:me/set: the hub cannot be reached (ECONNREFUSED). Try again: what has arrived is kept.',
  );
});

test('a connection on which nothing comes is lost', async () => {
  const { hub, fetchAll, events } = await start();
  for (const part of ['/revision/', '/a/train', '/store/big']) {
    hub.next((request, response) => {
      if (!request.url?.includes(part)) return false;
      if (part === '/store/big') response.writeHead(200, { 'content-length': big.length }).write(big.subarray(0, 10));
      return true;
    });
  }
  expect((await fetchAll({ stallAfter: 100 })).length).toBe(2);
  expect(events.flatMap((event) => (event.kind === 'retry' ? [event.reason] : []))).toEqual([
    'no answer',
    'no byte came',
    'no byte came',
  ]);
});

test('a slow connection on which something keeps coming is not lost', async () => {
  const { hub, fetchAll, kinds } = await start();
  hub.next((request, response) => {
    if (!request.url?.includes('/store/big')) return false;
    response.writeHead(200, { 'content-length': big.length });
    let at = 0;
    const timer = setInterval(() => {
      response.write(big.subarray(at, at + 50_000));
      at += 50_000;
      if (at >= big.length) response.end();
      if (at >= big.length) clearInterval(timer);
    }, 60);
    return true;
  });
  await fetchAll({ stallAfter: 200 });
  expect(kinds()).not.toContain('retry');
});

test('an answer that is no JSON, a file that is too long and a name that leaves the cache are errors', async () => {
  const { hub, fetchAll } = await start();
  const html = (part: string) =>
    hub.next((request, response) => {
      if (!request.url?.includes(part)) return false;
      response.writeHead(200).end('<html>Please log in</html>');
      return true;
    });
  for (let i = 0; i < 4; i++) html('/revision/');
  await expect(fetchAll()).rejects.toThrow('hf:me/set: the hub cannot be reached (an answer that is no JSON)');
  hub.next((request, response) => {
    if (!request.url?.includes('/store/a')) return false;
    response.writeHead(200).end('x'.repeat(100));
    return true;
  });
  await expect(fetchAll()).rejects.toThrow('hf:me/set/a/train.jsonl: is longer than the hub says');
  const evil = await start({ files: { '../../evil.jsonl': '1\n' } });
  await expect(evil.fetchAll()).rejects.toThrow('hf:me/set/../../evil.jsonl: has a name that is no place for a file');
});

test('two runs at once do not disturb each other', async () => {
  const { fetchAll, at } = await start();
  await Promise.all([fetchAll(), fetchAll(), fetchAll()]);
  expect((await readFile(at('big.jsonl'))).equals(big)).toBe(true);
  expect(existsSync(at('big.jsonl.partial'))).toBe(false);
});

test('it can be called off', async () => {
  const { hub, fetchAll } = await start();
  const controller = new AbortController();
  hub.next((request) => {
    if (!request.url?.includes('/store/big')) return false;
    controller.abort(new Error('enough'));
    return true;
  });
  await expect(fetchAll({ signal: controller.signal })).rejects.toThrow('enough');
});
