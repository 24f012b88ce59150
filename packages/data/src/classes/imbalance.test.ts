import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, counted } from '../../test/rows';
import type { Binary } from '../feedback';
import { classCounts, type KeepOptions, keepShares, onePerPrompt } from './imbalance';

const example = (prompt: string, desirable: boolean, line = 1): Binary => ({
  ...{ prompt: [{ role: 'user', content: prompt }], response: `${prompt} ${desirable} ${line}` },
  ...{ desirable, source: 'f.jsonl', line },
});
/** 100 desirable, 60 undesirable. */
const many = Array.from({ length: 160 }, (_, i) => example(`p${i % 7}`, i % 8 < 5, i + 1));
const keep = (options: KeepOptions) => counted((tally) => keepShares(many, options, tally));
const one = (examples: readonly Binary[], seed = 1) => counted((tally) => onePerPrompt(examples, seed, tally));

test.each([
  [1, 1, 100, 60],
  [0.8, 1, 80, 60],
  [0.51, 0.99, 51, 59],
  [0.5, 0.25, 50, 15],
  [0.004, 0.01, 0, 1],
  [0, 0, 0, 0],
])(
  'shares %f and %f keep exactly that many of 100 and 60',
  (keepDesirable, keepUndesirable, desirable, undesirable) => {
    const { result, counts } = keep({ keepDesirable, keepUndesirable, seed: 3 });
    expect(classCounts(result)).toEqual({ desirable, undesirable });
    expect(result.map(({ line }) => line)).toEqual(result.map(({ line }) => line).sort((a, b) => a - b));
    expect(accounted(counts)).toBe(160);
    const { 'beyond the share of desirable kept': down = 0, 'beyond the share of undesirable kept': up = 0 } =
      counts.dropped;
    expect([down, up]).toEqual([100 - desirable, 60 - undesirable]);
  },
);

test('the seed draws; one class’s share does not touch the other; a larger share holds a smaller one', () => {
  const half = keep({ keepDesirable: 0.5, seed: 1 }).result;
  expect(keep({ keepDesirable: 0.5, seed: 1 }).result).toEqual(half);
  expect(keep({ keepDesirable: 0.5, seed: 2 }).result).not.toEqual(half);
  const good = half.filter(({ desirable }) => desirable);
  expect(keep({ keepDesirable: 0.5, keepUndesirable: 0.1, seed: 1 }).result).toEqual(expect.arrayContaining(good));
  expect(keep({ keepDesirable: 0.8, seed: 1 }).result).toEqual(expect.arrayContaining(good));
});

test('both sides of a pair are not kept or dropped together', () => {
  const pairs = Array.from({ length: 200 }, (_, i) => example(`p${i}`, i % 2 === 0, i >> 1));
  const { result } = counted((tally) =>
    keepShares(pairs, { keepDesirable: 0.5, keepUndesirable: 0.5, seed: 1 }, tally),
  );
  // 25 of the 100 pairs are expected whole, give or take 2.5.
  expect(result.length - new Set(result.map(({ line }) => line)).size).toBeLessThan(40);
});

test('every example is as likely to be kept', () => {
  const times = new Map<number, number>();
  for (let seed = 0; seed < 400; seed++) {
    for (const { line } of keep({ keepDesirable: 0.3, keepUndesirable: 0.3, seed }).result)
      times.set(line, (times.get(line) ?? 0) + 1);
  }
  // 400 draws at 0.3: 120, give or take 9.2; five of those for the farthest of 160.
  for (const { line } of many) expect(Math.abs((times.get(line) ?? 0) - 120)).toBeLessThan(46);
});

test.each([[-0.1], [1.1], [Number.NaN]])('a share of %f is refused', (share) => {
  expect(() => keep({ keepUndesirable: share, seed: 1 })).toThrow('keepUndesirable: must be a number from 0 to 1');
});

test('one response of each prompt, the classes balanced', () => {
  const pairs = Array.from({ length: 9 }, (_, i) => [
    example(`p${i}`, true, 2 * i),
    example(`p${i}`, false, 2 * i + 1),
  ]).flat();
  const { result, counts } = one(pairs);
  expect(new Set(result.map(({ prompt }) => prompt[0]?.content)).size).toBe(9);
  expect(classCounts(result)).toEqual({ desirable: 5, undesirable: 4 });
  expect(counts).toMatchObject({ read: 18, kept: 9, dropped: { 'another response of its prompt was drawn': 9 } });
  expect(one(pairs).result).toEqual(result);
  expect(one(pairs, 2).result).not.toEqual(result);
});

test('prompts of one class are balanced by the others', () => {
  const only = [1, 2, 3].map((i) => example(`good ${i}`, true));
  const mixed = [1, 2, 3, 4, 5].flatMap((i) => [example(`p${i}`, true), example(`p${i}`, false)]);
  expect(classCounts(one([...only, ...mixed]).result)).toEqual({ desirable: 4, undesirable: 4 });
  expect(classCounts(one([...only, ...mixed.slice(0, 2)]).result)).toEqual({ desirable: 3, undesirable: 1 });
});

test('any examples: one of each prompt, nothing lost, no better balance possible', () => {
  const any = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'é', 'e\u0301', '__proto__'), fc.boolean()), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(any, fc.integer(), (drafts, seed) => {
      const examples = drafts.map(([prompt, desirable], i) => example(prompt, desirable, i));
      const { result, counts } = one(examples, seed);
      expect(accounted(counts)).toBe(examples.length);
      const prompts = new Map<string, Set<number>>();
      for (const { prompt, desirable } of examples) {
        const key = prompt[0]?.content as string;
        prompts.set(key, (prompts.get(key) ?? new Set()).add(desirable ? 1 : -1));
      }
      expect(result.length).toBe(prompts.size);
      let sums = [0];
      for (const can of prompts.values()) sums = sums.flatMap((sum) => [...can].map((one) => sum + one));
      const { desirable, undesirable } = classCounts(result);
      expect(Math.abs(desirable - undesirable)).toBe(Math.min(...[...sums].map(Math.abs)));
    }),
  );
});
