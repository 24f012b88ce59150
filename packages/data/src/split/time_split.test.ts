import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, counted } from '../../test/rows';
import type { Prompt } from '../feedback';
import { splitByTime, type TimeCut } from './time_split';

const day = (n: number) => Date.UTC(2025, 0, n);
const at = (content: string, time?: number) => ({ prompt: [{ role: 'user', content }] as Prompt, time });
const split = (examples: ReturnType<typeof at>[], cut: TimeCut) =>
  counted((tally) => splitByTime(examples, cut, tally));
const name = ({ prompt }: ReturnType<typeof at>) => prompt[0]?.content;

const five = ['a', 'b', 'c', 'd', 'e'].map((content, i) => at(content, day(i + 1)));

test.each([
  [{ at: '2025-01-04' }],
  [{ at: new Date(day(4)) }],
  [{ at: day(4) / 1000 }],
  [{ share: 0.4 }],
  [{ share: 0.39 }],
])('the cut %j holds out the last two of five days', (cut) => {
  const { result, counts } = split([...five].reverse(), cut);
  expect(result.heldOut.map(name)).toEqual(['e', 'd']);
  expect(result.train.map(name)).toEqual(['c', 'b', 'a']);
  expect(result.cut).toBe(day(4));
  expect(counts).toEqual({ read: 5, kept: 5, dropped: {}, repaired: {} });
});

test('a prompt seen before the cut stays in train, and is counted', () => {
  const { result, counts } = split([...five, at('a', day(5)), at('e', day(4))], { at: day(4) });
  expect(result.train.map(name)).toEqual(['a', 'b', 'c', 'a']);
  expect(result.heldOut.map(name)).toEqual(['d', 'e', 'e']);
  expect(counts.repaired).toEqual({ 'later, but its prompt was seen before the cut: stays in train': 1 });
});

test('prompts that differ only in spaces are one, as in the other splits', () => {
  const { result } = split([at('say  hi', day(1)), at('say hi ', day(5)), at('b', day(5))], { at: day(4) });
  expect(result.heldOut.map(name)).toEqual(['b']);
});

test('an example without a time is dropped and counted', () => {
  const { result, counts } = split([...five, at('f')], { at: day(4) });
  expect([...result.train, ...result.heldOut].map(name)).not.toContain('f');
  expect(counts).toMatchObject({ read: 6, kept: 5, dropped: { 'no time': 1 } });
});

test('0.07 of 100 is 7, though not in floating point', () => {
  const days = Array.from({ length: 100 }, (_, i) => at(`p${i}`, day(i + 1)));
  expect(split(days, { share: 0.07 }).result.heldOut.length).toBe(7);
});

test.each([
  [
    five,
    { at: '2026-01-01' },
    'are from 2025-01-01T00:00:00.000Z to 2025-01-05T00:00:00.000Z; the cut is at 2026-01-01T00:00:00.000Z, which leaves nothing to hold out',
  ],
  [five, { at: '2024-01-01' }, 'which leaves nothing to train on'],
  [five.map(({ prompt }) => ({ prompt, time: 5 })), { share: 0.5 }, 'which leaves nothing to train on'],
  [[at('a', day(1)), at('a', day(2))], { share: 0.5 }, 'which leaves nothing to hold out'],
  [[at('a')], { share: 0.5 }, 'No example has a time'],
  [five, { at: 'soon' }, 'at: must be a time, "2025-06-30T12:00:00Z" say, not "soon"'],
  [five, { share: 1 }, 'share: must be a number between 0 and 1, not 1'],
  [five, { share: Number.NaN }, 'share: must be'],
])('what cannot be split is refused and not counted (%#)', (examples, cut, message) => {
  const { counts } = counted((tally) => {
    expect(() => splitByTime(examples, cut, tally)).toThrow(message);
  });
  expect(counts.read).toBe(0);
});

test('any examples: nothing lost, no prompt on both sides, nothing held out from before the cut', () => {
  const time = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });
  const example = fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'é', 'e\u0301', '\ud83d'), time)
    .map(([p, t]) => at(p, t));
  const cut = fc.oneof(
    fc.record({ at: fc.integer({ min: 0, max: 6 }).map((t) => new Date(t)) }),
    fc.record({ share: fc.double({ min: 0.01, max: 0.99, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(example, { maxLength: 20 }), cut, (examples, where) => {
      try {
        const { result, counts } = split(examples, where);
        expect(accounted(counts)).toBe(examples.length);
        expect(counts.kept).toBe(result.train.length + result.heldOut.length);
        const seen = new Set(result.train.map(name));
        for (const late of result.heldOut) {
          expect(seen.has(name(late))).toBe(false);
          expect(late.time).toBeGreaterThanOrEqual(result.cut);
        }
      } catch (error) {
        if ((error as Error).name !== 'InputError') throw error;
      }
    }),
  );
});
