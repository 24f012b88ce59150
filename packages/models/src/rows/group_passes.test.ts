import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupPasses, type RowGroup } from './group_passes';
import { paddedSize } from './padded_size';

const single = (length: number): RowGroup => ({ rows: 1, longest: length, shared: length });

test('like lengths go together, and what is far longer by itself', () => {
  expect(groupPasses([500, 16, 480, 12, 15].map(single))).toEqual([
    [3, 4, 1],
    [2, 0],
  ]);
});

test('a pass of its own is not worth a few tokens of padding', () => {
  expect(groupPasses([40, 60].map(single))).toEqual([[0, 1]]);
  // 64 more tokens than apart, which is what a pass costs; then more.
  expect(groupPasses([64, 128].map(single))).toEqual([[0, 1]]);
  expect(groupPasses([48, 128].map(single))).toEqual([[0], [1]]);
});

test('rows that share a prompt count it once where that is less', () => {
  const pair: RowGroup = { rows: 2, longest: 100, shared: 120 };
  // 240 tokens, or 400 apart from their prompts.
  expect(groupPasses([pair, pair], { tokens: 240 })).toEqual([[0, 1]]);
  expect(groupPasses([pair, pair], { tokens: 239 })).toEqual([[0], [1]]);
});

test('nothing to group, or one', () => {
  expect(groupPasses([])).toEqual([]);
  expect(groupPasses([single(9)], { tokens: 4, rows: 0 })).toEqual([[0]]);
});

test('it costs least of all ways to cut, and keeps to the limits', () => {
  const group = fc.record({ rows: fc.constantFrom(1, 2), length: fc.integer({ min: 1, max: 400 }) });
  const groups = fc.array(group, { maxLength: 9 });
  const limits = fc.record({ groups: fc.integer({ min: 1, max: 9 }), tokens: fc.integer({ min: 50, max: 2000 }) });
  fc.assert(
    fc.property(groups, limits, (lengths, limit) => {
      const all = lengths.map(({ rows, length }) => ({ rows, longest: length, shared: length + 30 * (rows - 1) }));
      const passes = groupPasses(all, limit);
      expect(passes.flat().toSorted((a, b) => a - b)).toEqual([...all.keys()]);
      const fits = (pass: readonly number[]) =>
        pass.length === 1 || (pass.length <= limit.groups && tokens(all, pass) <= limit.tokens);
      expect(passes.every(fits)).toBe(true);
      expect(costOf(all, passes)).toBe(
        Math.min(
          ...waysToCut(passes.flat())
            .filter((way) => way.every(fits))
            .map((way) => costOf(all, way)),
        ),
      );
    }),
    { numRuns: 200, seed: 1 },
  );
});

function tokens(all: readonly RowGroup[], pass: readonly number[]): number {
  const of = pass.map((place) => all[place] as RowGroup);
  const rows = of.reduce((sum, group) => sum + group.rows, 0);
  const [apart, shared] = [Math.max(...of.map(({ longest }) => longest)), Math.max(...of.map(({ shared }) => shared))];
  return Math.min(rows * paddedSize(apart), of.length * paddedSize(shared));
}

function costOf(all: readonly RowGroup[], passes: readonly (readonly number[])[]): number {
  return passes.reduce((sum, pass) => sum + tokens(all, pass) + 64, 0);
}

/** Every way to cut a list, by whether there is a cut behind each item. */
function waysToCut(order: readonly number[]): number[][][] {
  if (order.length === 0) return [[]];
  return Array.from({ length: 2 ** (order.length - 1) }, (_, cuts) => {
    const way: number[][] = [[]];
    order.forEach((place, i) => {
      (way.at(-1) as number[]).push(place);
      if (i < order.length - 1 && cuts & (1 << i)) way.push([]);
    });
    return way;
  });
}
