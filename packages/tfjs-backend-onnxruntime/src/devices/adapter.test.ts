import { expect, test } from 'vitest';
import { type Adapter, preferred } from './adapter';

const named = (name: string, kind: Adapter['kind']): Adapter => ({ name, kind });

test('of several graphics processors the discrete one is taken, and one in software last', () => {
  const [software, integrated, discrete] = [named('a', 'software'), named('b', 'integrated'), named('c', 'discrete')];
  expect(preferred([software, integrated, discrete])).toBe(discrete);
  expect(preferred([software, integrated])).toBe(integrated);
  expect(preferred([software])).toBe(software);
  expect(preferred([])).toBeUndefined();
});
