import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { cacheFolder, fetchProgress, hubOptions } from './hub';

const nothing = () => {};

test('the cache is under the user’s own', () => {
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'halokit'));
  expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe(join('/caches', 'halokit'));
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).toBe(join(homedir(), '.cache', 'halokit'));
});

test('token and address come from the environment', () => {
  expect(hubOptions(true, nothing, {})).toEqual({
    ...{ cache: cacheFolder({}), offline: true, onEvent: nothing },
    tokenName: 'the environment variable HF_TOKEN',
  });
  const env = { HF_TOKEN: ' hf_x\n', HF_ENDPOINT: 'https://mirror.example/' };
  expect(hubOptions(false, nothing, env)).toMatchObject({ token: 'hf_x', endpoint: 'https://mirror.example' });
  expect(() => hubOptions(false, nothing, { HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT: "mirror" is no address');
});

function shown() {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { written, ...fetchProgress(stream) };
}

test('without a terminal, a line for a repository of which something was fetched', () => {
  const { written, onEvent, stop } = shown();
  const of = { repo: 'a/b', commit: 'c' };
  onEvent({ kind: 'listed', ...of, files: 9, bytes: 9e9 });
  onEvent({ kind: 'chosen', ...of, files: 2, bytes: 3e6 + 1, missing: 3e6 });
  onEvent({ kind: 'done', file: 'hf:a/b/x.jsonl', size: 1, cached: true });
  onEvent({ kind: 'start', file: 'hf:a/b/y.jsonl', size: 3e6, there: 0 });
  onEvent({ kind: 'progress', file: 'hf:a/b/y.jsonl', received: 1e6, size: 3e6 });
  onEvent({ kind: 'retry', what: 'hf:a/b/y.jsonl', reason: 'no byte came', attempt: 1 });
  onEvent({ kind: 'progress', file: 'hf:a/b/y.jsonl', received: 3e6, size: 3e6 });
  onEvent({ kind: 'done', file: 'hf:a/b/y.jsonl', size: 3e6, cached: false });
  stop();
  expect(written).toEqual([
    '  hf:a/b/y.jsonl: no byte came; trying again (1)\n',
    expect.stringMatching(/^ {2}b, MB: 3\/3 in \d+ s\n$/),
  ]);
});

test('nothing is said of what is all there', () => {
  const { written, onEvent } = shown();
  onEvent({ kind: 'chosen', repo: 'a/b', commit: 'c', files: 1, bytes: 5, missing: 0 });
  onEvent({ kind: 'done', file: 'hf:a/b/x', size: 5, cached: true });
  expect(written).toEqual([]);
});

test('the time left is that of what this run fetches, over all files', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { written, onEvent } = shown();
    onEvent({ kind: 'chosen', repo: 'a/b', commit: 'c', files: 2, bytes: 100e6, missing: 40e6 });
    // The first file is there but for 20 MB, which take 20 s.
    onEvent({ kind: 'start', file: 'hf:a/b/x', size: 80e6, there: 60e6 });
    vi.advanceTimersByTime(11_000);
    onEvent({ kind: 'progress', file: 'hf:a/b/x', received: 70e6, size: 80e6 });
    onEvent({ kind: 'done', file: 'hf:a/b/x', size: 80e6, cached: false });
    onEvent({ kind: 'start', file: 'hf:a/b/y', size: 20e6, there: 0 });
    vi.advanceTimersByTime(11_000);
    onEvent({ kind: 'progress', file: 'hf:a/b/y', received: 2e6, size: 20e6 });
    expect(written).toEqual(['  b, MB: 10/40, 33 s left, x\n', '  b, MB: 22/40, 18 s left, y\n']);
  } finally {
    vi.useRealTimers();
  }
});
