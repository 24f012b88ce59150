import { existsSync } from 'node:fs';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fetchInChild } from '../test/child';
import { FakeHub } from './testing/fake_hub';

const weights = Buffer.alloc(400_000, 'sixteen byte row');
let hub: FakeHub;
afterEach(() => hub.stop());

async function start() {
  hub = await FakeHub.start('me/model', { 'config.json': '{}', 'model.safetensors': weights }, { kind: 'models' });
  const cache = await mkdtemp(join(tmpdir(), 'halokit-hub-'));
  const path = join(cache, 'models/me/model', hub.commit, 'model.safetensors');
  const ranges = () =>
    hub.requests.flatMap(({ url, range }) => (url === '/store/model.safetensors' ? [Number(range?.slice(6, -1))] : []));
  return { cache, path, ranges };
}

test('the next process goes on where a killed one stopped', async () => {
  const { cache, path, ranges } = await start();
  hub.stall('model.safetensors', 150_000);
  const killed = fetchInChild(hub.endpoint, cache);
  await killed.until((event) => event.kind === 'progress' && event.received === 150_000);
  killed.child.kill('SIGKILL');
  expect(await killed.ended).toBe(null);
  expect((await stat(`${path}.partial`)).size).toBe(150_000);
  expect(existsSync(path)).toBe(false);

  const next = fetchInChild(hub.endpoint, cache);
  expect(await next.ended).toBe(0);
  expect((await readFile(path)).equals(weights)).toBe(true);
  expect(existsSync(`${path}.partial`)).toBe(false);
  expect(ranges()).toEqual([0, 150_000]);
  expect(next.events).toContainEqual(
    expect.objectContaining({ kind: 'start', file: 'hf:me/model/model.safetensors', there: 150_000 }),
  );
});

test('two processes that fetch one file at once both get it, whole', async () => {
  const { cache, path, ranges } = await start();
  // Neither gets the second half before both have begun.
  const waiting: (() => void)[] = [];
  const half = 200_000;
  for (let i = 0; i < 2; i++) {
    hub.next((request, response: ServerResponse) => {
      if (request.url !== '/store/model.safetensors') return false;
      const from = Number(request.headers.range?.slice(6, -1));
      const size = weights.length;
      const headers = { 'content-length': size - from, 'content-range': `bytes ${from}-${size - 1}/${size}` };
      response.writeHead(206, headers);
      response.write(weights.subarray(from, Math.max(from, half)));
      waiting.push(() => response.end(weights.subarray(Math.max(from, half))));
      if (waiting.length === 2) for (const release of waiting) release();
      return true;
    });
  }
  const both = [fetchInChild(hub.endpoint, cache), fetchInChild(hub.endpoint, cache)];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(ranges().length).toBe(2);
  expect((await readFile(path)).equals(weights)).toBe(true);
  expect(existsSync(`${path}.partial`)).toBe(false);
});
