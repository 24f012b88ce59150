import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketsOf, countsOf, segmentsOf } from './buckets';
import { deal } from './deal';

test('work is dealt out once, to about as much for each, and every rank has some where there is enough', () => {
  expect(deal([5, 4, 3, 3, 3], 2)).toEqual([
    [0, 3],
    [1, 2, 4],
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (costs, ranks) => {
        const hands = deal(costs, ranks);
        expect(hands.flat().sort((a, b) => a - b)).toEqual([...costs.keys()]);
        const sums = hands.map((hand) => hand.reduce((sum, place) => sum + (costs[place] as number), 0));
        // Nobody has more than the least and one piece.
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(0, ...costs));
        if (costs.length >= ranks) expect(Math.min(...hands.map(({ length }) => length))).toBeGreaterThan(0);
        if (costs.length > 0) expect(hands[0]?.length).toBeGreaterThan(0);
      },
    ),
  );
});

test('segments of all ranks are all elements of all tensors, in order', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1 << 20 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 7 }), (sizes, ranks) => {
      const buckets = bucketsOf(sizes.map((size, i) => [`w${i}`, { size }]));
      const ends = new Map<string, number>();
      for (const bucket of buckets) {
        const counts = countsOf(bucket, ranks);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        for (let rank = 0; rank < ranks; rank++) {
          const segments = segmentsOf(bucket, rank, ranks);
          expect(segments.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(counts[rank]);
          for (const { name, from, to } of segments) {
            expect(from).toBe(ends.get(name) ?? 0);
            ends.set(name, to);
          }
        }
      }
      expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(sizes.map((size, i) => [`w${i}`, size])));
    }),
  );
});
