import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lambdas } from './lambdas';

const count = fc.integer({ min: 1, max: 1_000_000 });

describe('lambdas', () => {
  test('balanced classes weigh the same', () => {
    expect(lambdas({ desirable: 50, undesirable: 50 })).toEqual({ desirableWeight: 1, undesirableWeight: 1 });
    expect(lambdas({ desirable: 4, undesirable: 3 })).toEqual({ desirableWeight: 1, undesirableWeight: 1 });
  });

  test("the paper's example: one thumb up to ten down", () => {
    expect(lambdas({ desirable: 100, undesirable: 1000 })).toEqual({ desirableWeight: 10, undesirableWeight: 1 });
  });

  test('whatever the counts, the balance is in [1, 4/3] and no class weighs less than 1', () => {
    fc.assert(
      fc.property(count, count, (desirable, undesirable) => {
        const { desirableWeight, undesirableWeight } = lambdas({ desirable, undesirable });
        const balance = (desirableWeight * desirable) / (undesirableWeight * undesirable);
        expect(balance).toBeGreaterThan(1 - 1e-9);
        expect(balance).toBeLessThan(4 / 3 + 1e-9);
        expect(Math.min(desirableWeight, undesirableWeight)).toBe(1);
      }),
    );
  });

  test('one weight given by hand is kept, and the other brings the balance into the range', () => {
    fc.assert(
      fc.property(count, count, fc.double({ min: 0.01, max: 100, noNaN: true }), (desirable, undesirable, weight) => {
        for (const name of ['desirableWeight', 'undesirableWeight'] as const) {
          const weights = lambdas({ desirable, undesirable }, { [name]: weight });
          expect(weights[name]).toBe(weight);
          const balance = (weights.desirableWeight * desirable) / (weights.undesirableWeight * undesirable);
          expect(balance).toBeGreaterThan(1 - 1e-9);
          expect(balance).toBeLessThan(4 / 3 + 1e-9);
        }
      }),
    );
  });

  test('weights given by hand outside of the range are an error that says what would do', () => {
    const counts = { desirable: 100, undesirable: 1000 };
    const given = { desirableWeight: 1, undesirableWeight: 1 };
    expect(() => lambdas(counts, given)).toThrow(
      'outside of [1, 4/3]; lambdas gives {"desirableWeight":10,"undesirableWeight":1}',
    );
    expect(lambdas(counts, { ...given, outside: 'allow' })).toEqual(given);
    expect(lambdas(counts, { desirableWeight: 13, undesirableWeight: 1 }).desirableWeight).toBe(13);
  });

  test('a missing class and a weight that is none are errors', () => {
    expect(() => lambdas({ desirable: 0, undesirable: 3 })).toThrow('0 desirable examples');
    expect(() => lambdas({ desirable: 1, undesirable: 3 }, { desirableWeight: -1 })).toThrow('desirableWeight is -1');
  });
});
