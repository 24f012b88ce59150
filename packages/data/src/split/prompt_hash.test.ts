import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Prompt } from '../feedback';
import { promptIdentity, promptPlace } from './prompt_hash';

const user = (content: string): Prompt => [{ role: 'user', content }];

test('spaces, line ends and composition do not make another prompt; turns and words do', () => {
  expect(promptIdentity(user(' Caf\u00e9\r\n\tor  tea? '))).toBe(promptIdentity(user('Cafe\u0301 or tea?')));
  const others = [
    user('a b'),
    user('ab'),
    [...user('a'), ...user('b')],
    [{ role: 'assistant', content: 'a b' }],
  ] as Prompt[];
  expect(new Set(others.map(promptIdentity)).size).toBe(4);
});

test('places are spread evenly, and those of two salts have nothing to do with each other', () => {
  const places = Array.from({ length: 20000 }, (_, i) => {
    const prompt = user(`prompt ${i}`);
    return [
      promptPlace(prompt, 'held out 1'),
      promptPlace(prompt, 'mixture 1'),
      promptPlace(prompt, 'held out 2'),
    ] as const;
  });
  const cells: number[] = Array(100).fill(0);
  const pairs: [number[], number[]] = [Array(16).fill(0), Array(16).fill(0)];
  const count = (counts: number[], cell: number) => {
    counts[cell] = (counts[cell] ?? 0) + 1;
  };
  for (const [a, b, c] of places) {
    count(cells, Math.floor(a * 100));
    count(pairs[0], Math.floor(a * 4) * 4 + Math.floor(b * 4));
    count(pairs[1], Math.floor(a * 4) * 4 + Math.floor(c * 4));
  }
  const chi2 = (counts: number[]) => {
    const mean = places.length / counts.length;
    return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  };
  // The 99.99th percentiles for 99 and 15 degrees of freedom.
  expect(chi2(cells)).toBeLessThan(162);
  for (const counts of pairs) expect(chi2(counts)).toBeLessThan(44);
  expect(new Set(places.map(([a]) => a)).size).toBe(places.length);
});

test('any text has a place from 0 to below 1, always the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, salt) => {
      const place = promptPlace(user(text), salt);
      expect(place >= 0 && place < 1).toBe(true);
      expect(promptPlace(user(text), salt)).toBe(place);
    }),
  );
  // Fixed, so that a split stays what it was from one version to the next.
  expect(promptPlace(user('What is a HALO?'), 'held out 1')).toBeCloseTo(0.23829640978691213, 15);
});
