import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder, fetchProgress, hubOptions } from './hub';

const nothing = () => {};

test('the cache is under the user’s own', () => {
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'halokit'));
  expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe(join('/caches', 'halokit'));
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).toBe(join(homedir(), '.cache', 'halokit'));
});

test('token and address come from the environment', () => {
  expect(hubOptions(true, nothing, {})).toEqual({ cache: cacheFolder({}), offline: true, onEvent: nothing });
  const env = { HF_TOKEN: ' hf_x\n', HF_ENDPOINT: 'https://mirror.example/' };
  expect(hubOptions(false, nothing, env)).toMatchObject({ token: 'hf_x', endpoint: 'https://mirror.example' });
  expect(() => hubOptions(false, nothing, { HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT: "mirror" is no address');
});

test('without a terminal, a line for each file that was fetched, and none for what was there', () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const { onEvent, stop } = fetchProgress(stream);
  onEvent({ kind: 'listed', repo: 'a/b', commit: 'c', files: 2, bytes: 3e6 });
  onEvent({ kind: 'done', file: 'hf:a/b/x.jsonl', size: 1, cached: true });
  onEvent({ kind: 'progress', file: 'hf:a/b/y.jsonl', received: 1e6, size: 3e6 });
  onEvent({ kind: 'retry', what: 'hf:a/b/y.jsonl', reason: 'no byte came', attempt: 1 });
  onEvent({ kind: 'progress', file: 'hf:a/b/y.jsonl', received: 3e6, size: 3e6 });
  onEvent({ kind: 'done', file: 'hf:a/b/y.jsonl', size: 3e6, cached: false });
  stop();
  expect(written).toEqual([
    '  hf:a/b/y.jsonl: no byte came; trying again (1)\n',
    expect.stringMatching(/^ {2}y\.jsonl, MB: 3\/3 in \d+ s\n$/),
  ]);
});
