import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FakeHub } from '../../../test/fake_hub';
import { tempFolder } from '../../../test/temp_file';
import { parseSources } from '../../mixture/source';
import { hubFiles } from './hub_files';
import type { HubEvent, HubOptions } from './hub_options';

const big = Buffer.alloc(300_000, 'twelve bytes');
const token = 'hf_secretSecretSecret';
const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

async function start(
  files: Record<string, Uint8Array | string> = { 'a/train.jsonl': '{"a":1}\n', 'big.jsonl': big },
  lfs?: (path: string) => boolean,
) {
  const hub = await FakeHub.start('me/set', files, lfs);
  hubs.push(hub);
  const events: HubEvent[] = [];
  const options: HubOptions = {
    cache: await tempFolder(),
    endpoint: hub.endpoint,
    retryDelay: 1,
    retries: 3,
    onEvent: (event) => events.push(event),
  };
  const fetchAll = (spec = 'hf:me/set', more: Partial<HubOptions> = {}) => {
    const [source] = parseSources(spec);
    if (source?.place.kind !== 'hub') throw new Error(spec);
    return hubFiles(source.place, { ...options, ...more });
  };
  const kinds = () => events.map(({ kind }) => kind).filter((kind) => kind !== 'progress');
  return {
    hub,
    options,
    events,
    kinds,
    fetchAll,
    at: (path: string) => join(options.cache, 'datasets/me/set', hub.commit, path),
  };
}

test('files of all pages, by redirect or straight, pinned to a commit and fetched once', async () => {
  const files = {
    'a/train.jsonl': '{"a":1}\n',
    'big.jsonl': big,
    'c d/ü#?.csv': 'a\n1\n',
    'e.jsonl': '',
    'README.md': '#',
  };
  const { hub, fetchAll, at, kinds, events } = await start(files, (path) => path === 'big.jsonl');
  const fetched = await fetchAll();
  expect(fetched).toEqual(
    ['a/train.jsonl', 'big.jsonl', 'c d/ü#?.csv', 'e.jsonl'].map((path) => ({
      path: at(path),
      name: `hf:me/set/${path}`,
    })),
  );
  for (const { path, name } of fetched) {
    expect((await readFile(path)).equals(Buffer.from(files[name.slice(10) as 'big.jsonl']))).toBe(true);
  }
  expect(kinds()).toEqual(['listed', 'done', 'done', 'done', 'done']);
  expect(events[0]).toEqual({ kind: 'listed', repo: 'me/set', commit: hub.commit, files: 5, bytes: 300_013 });
  expect(events.at(-2)).toMatchObject({ kind: 'done', file: 'hf:me/set/c d/ü#?.csv', cached: false });

  const before = hub.requests.length;
  expect(await fetchAll()).toEqual(fetched);
  // Only what the branch's commit is now.
  expect(hub.requests.slice(before).map(({ url }) => url)).toEqual([expect.stringContaining('/revision/main')]);
  expect(await fetchAll(`hf:me/set@${hub.commit}`)).toEqual(fetched);
  expect(hub.requests.length).toBe(before + 1);
});

test('one folder, one file, another revision', async () => {
  const { hub, fetchAll, at } = await start({ 'a/x.jsonl': '1', 'a/deep/y.jsonl': '2', 'ab/z.jsonl': '3' });
  expect((await fetchAll('hf:me/set@v1/a')).map(({ path }) => path)).toEqual([at('a/deep/y.jsonl'), at('a/x.jsonl')]);
  expect((await fetchAll('hf:me/set@refs%2Fpr%2F1/ab/z.jsonl')).map(({ path }) => path)).toEqual([at('ab/z.jsonl')]);
  expect(hub.requests.some(({ url }) => url.includes('/revision/refs%2Fpr%2F1'))).toBe(true);
  await expect(fetchAll('hf:me/set/nope')).rejects.toThrow(
    'hf:me/set/nope: holds no fitting files of .jsonl, .ndjson, .json, .csv, .tsv, .parquet. There is: a/, ab/.',
  );
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
  await fetchAll('hf:me/set/a');
  await writeFile(at('big.jsonl.partial'), big.subarray(0, 123_456));
  await fetchAll();
  expect(hub.requests.at(-1)).toMatchObject({ range: 'bytes=123456-', store: true });
  expect((await readFile(at('big.jsonl'))).equals(big)).toBe(true);
});

test('a file whose checksum is wrong is deleted and named, and can be fetched again', async () => {
  for (const lfs of [true, false]) {
    const { hub, fetchAll, at } = await start({ 'big.jsonl': big }, () => lfs);
    hub.lies.set('big.jsonl', 'f'.repeat(lfs ? 64 : 40));
    await expect(fetchAll()).rejects.toThrow(`hf:me/set/big.jsonl: arrived with the ${lfs ? 'sha256' : 'git-sha1'} `);
    expect(existsSync(at('big.jsonl')) || existsSync(at('big.jsonl.partial'))).toBe(false);
  }
  // A partial file with a wrong byte in it.
  const { fetchAll, at } = await start();
  await fetchAll('hf:me/set/a');
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
  await expect(fetchAll('hf:me/other')).rejects.toThrow(
    'hf:me/other: is not on the hub. Is the name, revision or folder right?',
  );
  await expect(fetchAll('hf:me/set@v9')).rejects.toThrow('hf:me/set@v9: is not on the hub');
  hub.fail('/revision/', 401);
  await expect(fetchAll()).rejects.toThrow(
    'hf:me/set: the hub refuses it (401): it is private, gated or not there. Give a token that may read it.',
  );
  hub.fail('/resolve/', 403);
  await expect(fetchAll('hf:me/set', { token })).rejects.toThrow(
    'hf:me/set/a/train.jsonl: the hub refuses it (403): it is private, gated or not there. The token given may not read it.',
  );
  expect(hub.requests.length).toBe(7);
});

test('the token goes to the hub alone, and into no error or event', async () => {
  const { hub, fetchAll, events } = await start();
  await fetchAll('hf:me/set', { token });
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
    const error = await fetchAll('hf:me/set@v1', { token }).catch((error: Error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(`${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('ecret');
    await fetchAll();
  }
  const broken = await fetchAll('hf:me/set@v1', { token: `${token}\n` }).catch((error: Error) => error);
  expect((broken as Error).message).toBe('The token of the hub holds characters that no token has.');
  expect(JSON.stringify(events)).not.toContain('ecret');
});

test('offline, what was fetched serves, and the rest is an error that says how to fill the cache', async () => {
  const { hub, fetchAll, options } = await start();
  await expect(fetchAll('hf:me/set', { offline: true })).rejects.toThrow(
    `hf:me/set: is not in the cache ${options.cache}, and the network is not to be asked. Run once with the network, ` +
      'or copy its files from elsewhere and give their folder in place of the name.',
  );
  expect(hub.requests).toEqual([]);
  const fetched = await fetchAll('hf:me/set/a');
  await hub.stop();
  expect(await fetchAll('hf:me/set/a', { offline: true })).toEqual(fetched);
  await expect(fetchAll('hf:me/set', { offline: true })).rejects.toThrow('hf:me/set/big.jsonl: is not in the cache');
});

test('where the hub cannot be reached the commit known before serves, and it is said', async () => {
  const { hub, fetchAll, events, options } = await start();
  const fetched = await fetchAll();
  await hub.stop();
  expect(await fetchAll()).toEqual(fetched);
  expect(events).toContainEqual({ kind: 'offline', repo: 'me/set', commit: hub.commit, reason: 'ECONNREFUSED' });
  await expect(fetchAll('hf:me/set', { cache: join(options.cache, 'other') })).rejects.toThrow(
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
  expect((await fetchAll('hf:me/set', { stallAfter: 100 })).length).toBe(2);
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
  await fetchAll('hf:me/set', { stallAfter: 200 });
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
  const evil = await start({ '../../evil.jsonl': '1\n' });
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
  await expect(fetchAll('hf:me/set', { signal: controller.signal })).rejects.toThrow('enough');
});
