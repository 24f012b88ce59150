import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, counted } from '../../test/rows';
import type { Ranked, Scored } from '../feedback';
import { type PairOptions, ranksToPreferences, scoresToPreferences } from './pairs';

const origin = (content: string, line: number) => ({
  ...{ prompt: [{ role: 'user' as const, content }], source: 'f.jsonl', line },
});
const one = (response: string, score: number, line: number, prompt = 'a'): Scored => ({
  ...origin(prompt, line),
  responses: [response],
  scores: [score],
});
const ranking = (responses: string[], ranks: number[], line = 1): Ranked => ({
  ...origin('a', line),
  responses,
  ranks,
});
const pairs = (records: Scored[], options: PairOptions) => {
  const { result, counts } = counted((tally) => scoresToPreferences(records, options, tally));
  return { texts: result.map(({ chosen, rejected }) => `${chosen}>${rejected}`), result, counts };
};
const ranked = (records: Ranked[], options: PairOptions) => {
  const { result, counts } = counted((tally) => ranksToPreferences(records, options, tally));
  return { texts: result.map(({ chosen, rejected }) => `${chosen}>${rejected}`), result, counts };
};

const tied = 'tied with another response: no pair of the two';
const close = 'closer than the margin to another response: no pair of the two';

test('adjacent scores, and all', () => {
  const records = [one('w', 1, 1), one('x', 4, 2), one('y', 2, 3), one('z', 2, 4)];
  const adjacent = pairs(records, { pairs: 'adjacent' });
  expect(adjacent.texts).toEqual(['x>y', 'x>z', 'y>w', 'z>w']);
  expect(adjacent.result[0]).toEqual({ ...origin('a', 2), chosen: 'x', rejected: 'y', margin: 2 });
  expect(adjacent.counts).toEqual({ read: 4, kept: 4, dropped: {}, repaired: { [tied]: 2 } });
  expect(pairs(records, { pairs: 'all' }).texts).toEqual(['x>y', 'x>z', 'x>w', 'y>w', 'z>w']);
});

test('a margin leaves close pairs out', () => {
  const records = [one('x', 0.3, 1), one('y', 0.2, 2), one('z', 0.15, 3)];
  const { texts, counts } = pairs(records, { pairs: 'all', margin: 0.1 });
  expect(texts).toEqual(['x>y', 'x>z']);
  expect(counts.repaired).toEqual({ [close]: 2 });
  expect(pairs(records, { pairs: 'adjacent', margin: 0.1 }).texts).toEqual(['x>y']);
});

test('what is in no pair is dropped for its reason', () => {
  const records = [
    one('x', 1, 1),
    one('x', 1, 2, 'b'),
    one('y', 1, 3, 'b'),
    one('x', 1, 4, 'c'),
    one('y', 1.5, 5, 'c'),
  ];
  expect(pairs(records, { pairs: 'all', margin: 1 }).counts).toEqual({
    read: 5,
    kept: 0,
    dropped: {
      'the only response of its prompt': 1,
      'tied with every other response of its prompt': 2,
      'closer than the margin to what it is compared with': 2,
    },
    repaired: {},
  });
});

test('a response scored twice stands at its mean and is never paired with itself', () => {
  const { texts, result, counts } = pairs([one('x', 1, 1), one('y', 4, 2), one('x', 5, 3)], { pairs: 'all' });
  expect(texts).toEqual(['y>x']);
  expect(result[0]?.margin).toBe(1);
  expect(counts).toMatchObject({
    read: 3,
    kept: 2,
    dropped: { 'joined: the same prompt and response, rated at the mean': 1 },
  });
});

test('a record with several responses is one row', () => {
  const record: Scored = { ...origin('a', 1), responses: ['x', 'y', 'x'], scores: [1, 2, 1] };
  const { texts, counts } = pairs([record, one('z', 3, 2)], { pairs: 'adjacent' });
  expect(texts).toEqual(['z>y', 'y>x']);
  expect(counts).toMatchObject({
    read: 2,
    kept: 2,
    repaired: { 'joined: the same prompt and response, rated at the mean': 1 },
  });
});

test('ranks: the smallest is the best, OASST’s pairs are the adjacent ones', () => {
  expect(ranked([ranking(['c', 'a', 'b'], [3, 1, 2])], { pairs: 'adjacent' }).result).toEqual([
    { ...origin('a', 1), chosen: 'a', rejected: 'b' },
    { ...origin('a', 1), chosen: 'b', rejected: 'c' },
  ]);
  expect(ranked([ranking(['a', 'b', 'c'], [1, 2, 2])], { pairs: 'all' }).texts).toEqual(['a>b', 'a>c']);
  expect(ranked([ranking(['a', 'b', 'c'], [1, 2, 3])], { pairs: 'all', margin: 2 }).texts).toEqual(['a>c']);
});

test('ranks are compared within their own ranking, single ones within their prompt', () => {
  const lists = [ranking(['a', 'b'], [1, 2], 1), ranking(['c', 'd'], [1, 2], 2)];
  expect(ranked(lists, { pairs: 'all' }).texts).toEqual(['a>b', 'c>d']);
  const singles = [ranking(['a'], [2], 1), ranking(['b'], [1], 2), { ...ranking(['c'], [3], 3), ...origin('z', 3) }];
  const { texts, counts } = ranked(singles, { pairs: 'all' });
  expect(texts).toEqual(['b>a']);
  expect(counts).toMatchObject({ kept: 2, dropped: { 'the only response of its prompt': 1 } });
});

test('more pairs than anyone wants are refused before they fill the memory', () => {
  const records = Array.from({ length: 3000 }, (_, i) => one(`r${i}`, i, i + 1));
  expect(() => pairs(records, { pairs: 'all' })).toThrow('f.jsonl: line 1: its prompt has 3000 responses');
  expect(pairs(records, { pairs: 'adjacent' }).result.length).toBe(2999);
  expect(pairs(records, { pairs: 'all', margin: 2900 }).result.length).toBe(5050);
});

test.each([
  [{ pairs: 'some' }, 'pairs: must be "adjacent" or "all", not some'],
  [{ pairs: 'all', margin: -1 }, 'margin: must be a number from 0, not -1'],
  [{ pairs: 'all', margin: Number.NaN }, 'margin: must be'],
])('%j is refused', (options, message) => {
  expect(() => pairs([], options as PairOptions)).toThrow(message);
});

test('any scores give the pairs that comparing each with each gives', () => {
  const score = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(1e308, -1e308, 5e-324, -0, 0.1));
  const record = fc.tuple(fc.constantFrom('a', 'b'), score);
  const margin = fc.constantFrom(0, 1, 2, 1e308);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), margin, (drafts, margin) => {
      const records = drafts.map(([prompt, score], i) => one(`r${i}`, score, i + 1, prompt));
      const { texts, result, counts } = pairs(records, { pairs: 'all', margin });
      const naive = records.flatMap((w) =>
        records.flatMap((l) => {
          const [high, low] = [w.scores[0] as number, l.scores[0] as number];
          const same = w.prompt[0]?.content === l.prompt[0]?.content;
          return same && high > low && high - low >= margin ? [`${w.responses[0]}>${l.responses[0]}`] : [];
        }),
      );
      expect([...texts].sort()).toEqual(naive.sort());
      for (const { margin } of result) expect(Number.isFinite(margin)).toBe(true);
      expect([counts.read, accounted(counts)]).toEqual([records.length, records.length]);
      expect(counts.kept).toBe(new Set(texts.flatMap((text) => text.split('>'))).size);
    }),
  );
});
