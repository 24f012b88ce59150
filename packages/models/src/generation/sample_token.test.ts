import * as fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { sampleToken } from './sample_token';
import type { SamplingOptions } from './sampling_options';

const random = () => xoroshiro128plus(1);
const at = (list: ArrayLike<number>, i: number) => list[i] as number;

/**
 * What may be drawn and how likely it is, from the definition: penalise, divide, keep k, keep the nucleus, by sorting.
 * Probabilities are whole multiples, as documented.
 */
function naive(logits: Float32Array, options: SamplingOptions, seen: readonly number[]): Map<number, number> {
  const { temperature = 1, topK = logits.length, topP = 1, repetitionPenalty = 1 } = options;
  const scores = Float32Array.from(logits, (x, id) => {
    if (!seen.includes(id)) return x;
    return x < 0 ? x * repetitionPenalty : x / repetitionPenalty;
  });
  const largest = Math.max(...scores);
  const unit = 2 ** (53 - Math.ceil(Math.log2(logits.length)));
  const order = [...scores.keys()].sort((a, b) => at(scores, b) - at(scores, a) || a - b).slice(0, topK);
  const mass = (id: number) => Math.round(unit * Math.exp((at(scores, id) - largest) / temperature));
  const total = order.reduce((sum, id) => sum + mass(id), 0);
  const kept = new Map<number, number>();
  let sum = 0;
  for (const id of order) {
    if (sum >= topP * total) break;
    if (mass(id) > 0) kept.set(id, mass(id));
    sum += mass(id);
  }
  return kept;
}

/** Draws by a stream that gives this share of all masses. */
function drawn(logits: Float32Array, options: SamplingOptions, share: number, seen: readonly number[]): number {
  const bits = BigInt(Math.floor(share * 2 ** 53));
  const words = [Number(bits >> 27n), Number(bits & ((1n << 27n) - 1n))];
  // Two whole numbers of 26 and 27 bits make one of 53.
  const stream = { next: () => words.shift() ?? 0, clone: random, getState: () => [] };
  return sampleToken(logits, options, stream as never, seen);
}

const logit = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -20, max: 20, noNaN: true }) },
  // Ties.
  { weight: 3, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constant(Number.NEGATIVE_INFINITY) },
);
const calls = fc.record({
  logits: fc.array(logit, { minLength: 1, maxLength: 70 }).map((list) => Float32Array.from([1, ...list])),
  temperature: fc.constantFrom(0.01, 0.5, 1, 3),
  topK: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
  topP: fc.constantFrom(1e-9, 0.1, 0.5, 0.9, 0.999, 1),
  repetitionPenalty: fc.constantFrom(1, 1.3, 0.5),
  seen: fc.array(fc.nat(60), { maxLength: 5 }),
});

describe('against the definition, which sorts', () => {
  test('every token that may come does, in proportion, and no other', () => {
    fc.assert(
      fc.property(calls, ({ logits, seen, ...options }) => {
        const known = seen.filter((id) => id < logits.length);
        const kept = naive(logits, options, known);
        const total = [...kept.values()].reduce((sum, mass) => sum + mass, 0);
        let before = 0;
        for (const [id, mass] of [...kept].sort(([a], [b]) => a - b)) {
          // From the beginning of its part of all to the end.
          for (const part of mass / total > 1e-9 ? [0.001, 0.999] : []) {
            expect(drawn(logits, options, (before + part * mass) / total, known)).toBe(id);
          }
          before += mass;
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('at temperature 0 the first of the largest comes', () => {
    fc.assert(
      fc.property(calls, ({ logits, seen, repetitionPenalty }) => {
        const known = seen.filter((id) => id < logits.length);
        const kept = naive(logits, { repetitionPenalty, topK: 1 }, known);
        expect(sampleToken(logits, { repetitionPenalty }, random(), known)).toBe([...kept.keys()][0]);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

test('a vocabulary of 50,304 is cut as the definition cuts it', () => {
  const logits = Float32Array.from({ length: 50_304 }, (_, i) => 8 * Math.sin(i * i * 0.37) + Math.cos(i));
  for (const options of [{ topP: 0.95 }, { topK: 50 }, { topK: 40_000, topP: 0.3 }, { topP: 0.9999 }]) {
    const kept = naive(logits, { temperature: 1, ...options }, []);
    const total = [...kept.values()].reduce((sum, mass) => sum + mass, 0);
    const inOrder = [...kept].sort(([a], [b]) => a - b);
    let before = 0;
    for (const [i, [id, mass]] of inOrder.entries()) {
      const sampled = i % Math.ceil(inOrder.length / 5) === 0;
      if (sampled) expect(drawn(logits, { temperature: 1, ...options }, (before + mass / 2) / total, [])).toBe(id);
      before += mass;
    }
  }
});

describe('draws come in their shares', () => {
  const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
  const shares = (options: SamplingOptions, seen: number[] = []) => {
    const stream = random();
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) {
      const id = sampleToken(logits, options, stream, seen);
      counts[id] = at(counts, id) + 1 / 20_000;
    }
    return counts;
  };
  const near = (actual: number[], expected: number[]) => {
    expected.forEach((p, i) => {
      expect(Math.abs(at(actual, i) - p)).toBeLessThan(0.015);
    });
  };

  test('at temperature 0 the likeliest', () => expect(shares({})[0]).toBeCloseTo(1));
  test('at temperature 1 by probability', () => near(shares({ temperature: 1 }), [0.5, 0.3, 0.15, 0.05]));
  test('top-p keeps the fewest tokens that reach it', () =>
    near(shares({ temperature: 1, topP: 0.75 }), [0.625, 0.375, 0, 0]));
  test('top-k keeps k', () => near(shares({ temperature: 1, topK: 3 }), [0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0]));
  test('top-p is of what top-k has left', () => near(shares({ temperature: 1, topK: 2, topP: 0.6 }), [1, 0, 0, 0]));
  test('a low temperature sharpens', () => near(shares({ temperature: 0.5 }), [0.685, 0.247, 0.062, 0.007]));
  // log 0.5 and log 0.3 doubled are log 0.25 and log 0.09, of a sum of 0.54.
  test('a penalty of 2 squares the probability of what was seen', () =>
    near(shares({ temperature: 1, repetitionPenalty: 2 }, [0, 1, 1]), [0.463, 0.167, 0.278, 0.093]));
});

test('the penalty divides what is positive, and leaves the logits as they are', () => {
  for (const list of [
    [2, 1.5],
    [0.5, 0.375],
  ]) {
    const logits = Float32Array.from(list);
    expect(sampleToken(logits, { repetitionPenalty: 2 }, random(), [0])).toBe(1);
    expect([...logits]).toEqual(list);
  }
});

test('what cannot be sampled from is an error that says so', () => {
  const of =
    (logits: number[], options: SamplingOptions = {}) =>
    () =>
      sampleToken(Float32Array.from(logits), options, random());
  expect(of([1, Number.NaN, 2])).toThrow('The logit of token 1 is NaN');
  expect(of([Number.NaN, 1], { temperature: 1 })).toThrow('The logit of token 0 is NaN');
  const never = Number.NEGATIVE_INFINITY;
  expect(of([never, never])).toThrow('Every logit is -Infinity');
  expect(of([never, never, 3, never], { temperature: 1 })()).toBe(2);
  expect(of([0, Number.POSITIVE_INFINITY], { temperature: 1 })()).toBe(1);
  expect(of([5], { temperature: 1, topK: 3, topP: 0.1 })()).toBe(0);
});

test.each([
  [{ temperature: -1 }, 'temperature is -1'],
  [{ temperature: Number.NaN }, 'temperature is NaN'],
  [{ topK: 0 }, 'topK is 0'],
  [{ topK: 1.5 }, 'topK is 1.5'],
  [{ topP: 0 }, 'topP is 0'],
  [{ topP: 1.01 }, 'topP is 1.01'],
  [{ repetitionPenalty: 0 }, 'repetitionPenalty is 0'],
])('%j is refused', (options, message) => {
  expect(() => sampleToken(Float32Array.of(1, 2), options, random())).toThrow(message);
});
