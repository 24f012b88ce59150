import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, counted } from '../../test/rows';
import type { Ranked, Scored } from '../feedback';
import { ranksToBinary, scoresToBinary, type ThumbOptions } from './thumbs';

const origin = (line: number) => ({ prompt: [{ role: 'user' as const, content: 'a' }], source: 'f.jsonl', line });
const thumbs = (scores: readonly number[], options: ThumbOptions) => {
  const records: Scored[] = scores.map((score, i) => ({ ...origin(i + 1), responses: [`r${i}`], scores: [score] }));
  const { result, counts } = counted((tally) => scoresToBinary(records, options, tally));
  return { up: result.map(({ desirable }) => desirable), result, counts };
};
const ranked = (ranks: readonly number[], options: ThumbOptions) => {
  const record: Ranked = { ...origin(1), responses: ranks.map((_, i) => `r${i}`), ranks };
  const { result, counts } = counted((tally) => ranksToBinary([record], options, tally));
  return { up: result.map(({ desirable }) => desirable), counts };
};

test.each<[string, number[], ThumbOptions, boolean[]]>([
  ['a number, itself desirable', [1, 3, 4, 5], { threshold: 4 }, [false, false, true, true]],
  ['low numbers desirable', [0.1, 0.5, 0.9], { threshold: 0.5, desirable: 'low' }, [true, true, false]],
  ['the mean', [1, 2, 9], { threshold: 'mean' }, [false, false, true]],
  ['the median', [1, 2, 9], { threshold: 'median', atThreshold: 'undesirable' }, [false, false, true]],
  ['the median of an even number', [4, 1, 2, 3], { threshold: 'median' }, [true, false, false, true]],
  ['equal scores, whatever rounding does', [0.1, 0.1, 0.1], { threshold: 'mean' }, [true, true, true]],
  ['sums past the largest number', [1e308, 1.5e308, 1.7e308], { threshold: 'mean' }, [false, true, true]],
])('scores by %s', (_, scores, options, expected) => {
  expect(thumbs(scores, options).up).toEqual(expected);
});

test('at the threshold: dropped, if so stated', () => {
  const { result, counts } = thumbs([1, 2, 3], { threshold: 'median', atThreshold: 'drop' });
  expect(result).toEqual([
    { ...origin(1), response: 'r0', desirable: false },
    { ...origin(3), response: 'r2', desirable: true },
  ]);
  expect(counts).toEqual({ read: 3, kept: 2, dropped: { 'at the threshold': 1 }, repaired: {} });
});

test('ranks: the best so many, or the better half of a ranking', () => {
  expect(ranked([1, 2, 3, 4], { threshold: 1 }).up).toEqual([true, false, false, false]);
  expect(ranked([4, 3, 2, 1], { threshold: 'median' }).up).toEqual([false, false, true, true]);
  const odd = ranked([1, 2, 3], { threshold: 'median', atThreshold: 'drop' });
  expect(odd.up).toEqual([true, false]);
  expect(odd.counts).toMatchObject({ read: 1, kept: 1, repaired: { 'at the threshold': 1 } });
});

test.each([
  [{ threshold: Number.NaN }, 'threshold: must be a number, "mean" or "median", not NaN'],
  [{ threshold: '4' }, 'threshold: must be'],
  [{ threshold: 1, desirable: 'up' }, 'desirable: must say which numbers are, "high" or "low", not up'],
  [{ threshold: 1, atThreshold: 'keep' }, 'atThreshold: must be'],
])('%j is refused', (options, message) => {
  expect(() => thumbs([1], options as ThumbOptions)).toThrow(message);
});

test('low ranks are always the best', () => {
  expect(() => ranked([1, 2], { threshold: 1, desirable: 'low' })).toThrow('the smallest rank is the best');
});

test('any scores: nothing lost, every thumb on its side', () => {
  const scores = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 9 });
  const options = fc.record({
    threshold: fc.constantFrom('mean' as const, 'median' as const, 0, 1e308),
    desirable: fc.constantFrom('high' as const, 'low' as const),
    atThreshold: fc.constantFrom('desirable' as const, 'undesirable' as const, 'drop' as const),
  });
  fc.assert(
    fc.property(scores, options, (scores, options) => {
      const { result, counts } = thumbs(scores, options);
      expect([counts.kept, accounted(counts)]).toEqual([result.length, scores.length]);
      const scoreOf = ({ line }: { line: number }) => scores[line - 1] as number;
      const [good, bad] = [true, false].map((up) => result.filter(({ desirable }) => desirable === up).map(scoreOf));
      for (const g of good as number[]) {
        for (const b of bad as number[]) expect(options.desirable === 'high' ? g > b : g < b).toBe(true);
      }
    }),
  );
});
