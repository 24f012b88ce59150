import { expect, test } from 'vitest';
import type { Session } from '../binding/session';
import { SessionCache } from './session_cache';

test('the session used longest ago is released first, each once', () => {
  const released: string[] = [];
  const session = (name: string) => ({ release: () => released.push(name) }) as unknown as Session;
  const cache = new SessionCache(2);
  cache.add('a', session('a'));
  cache.add('b', session('b'));
  expect(cache.get('a')).toBeDefined();
  cache.add('c', session('c'));
  expect(released).toEqual(['b']);
  expect(cache.get('b')).toBeUndefined();
  cache.clear();
  expect(released).toEqual(['b', 'a', 'c']);
  expect(cache.size).toBe(0);
});
