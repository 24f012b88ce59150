import { expect, test } from 'vitest';
import { isHeldOut } from '../split/split_stream';
import { mix } from './mixture';

/** Prompts of two examples each. */
const part = (name: string, prompts: number, more: { weight?: number; cap?: number; from?: number } = {}) => ({
  name,
  examples: Array.from({ length: prompts * 2 }, (_, i) => ({
    prompt: [{ role: 'user', content: `p${(more.from ?? 0) + (i >> 1)}` }] as const,
    name,
    i,
  })),
  ...more,
});
const prompts = (examples: readonly { prompt: readonly [{ content: string }] }[]) =>
  new Set(examples.map(({ prompt }) => prompt[0].content));

test('parts stand behind each other, whole where no weight is given', () => {
  const { examples, parts, sharedPrompts } = mix([part('a', 3), part('b', 2, { from: 2 })], { seed: 1 });
  expect(examples.map(({ name, i }) => name + i).join(' ')).toBe('a0 a1 a2 a3 a4 a5 b0 b1 b2 b3');
  expect(parts).toEqual([
    { name: 'a', prompts: 3, held: 6, taken: 6 },
    { name: 'b', prompts: 2, held: 4, taken: 4 },
  ]);
  expect(sharedPrompts).toBe(1);
});

test('a weight takes a share of the prompts, with all their examples, drawn with the seed', () => {
  const of = (weight: number, seed = 1) => mix([part('a', 100, { weight })], { seed }).examples;
  expect(of(0.3).length).toBe(60);
  expect(prompts(of(0.3)).size).toBe(30);
  expect(of(0.3).map(({ i }) => i)).toEqual(
    of(0.3)
      .map(({ i }) => i)
      .sort((a, b) => a - b),
  );
  expect(of(0.3)).toEqual(of(0.3));
  expect(of(0.3, 2)).not.toEqual(of(0.3));
  for (const prompt of prompts(of(0.3))) expect(prompts(of(0.6)).has(prompt)).toBe(true);
  expect(of(0.0001).length).toBe(2);
  expect(of(2.5).length).toBe(500);
  const times = Array.from({ length: 200 }, (_, i) => of(2.5).filter((example) => example.i === i).length);
  expect(times.filter((n) => n === 2).length).toBe(100);
  expect(times.filter((n) => n === 3).length).toBe(100);
  expect(prompts(of(2.5)).size).toBe(100);
});

test('a cap leaves so many examples, after the weight, of as few prompts as hold them', () => {
  const of = (weight: number, cap: number) => mix([part('a', 100, { weight, cap })], { seed: 1 });
  expect(of(1, 31).examples.length).toBe(31);
  expect(prompts(of(1, 31).examples).size).toBe(16);
  expect(of(0.1, 31).examples.length).toBe(20);
  expect(of(2, 31).parts).toEqual([{ name: 'a', prompts: 100, held: 200, taken: 31 }]);
});

test('what is drawn has nothing to do with what is held out', () => {
  const { examples } = mix([part('a', 4000, { weight: 0.5 })], { seed: 1 });
  const held = [...prompts(examples)].filter((content) =>
    isHeldOut([{ role: 'user', content }], { share: 0.1, seed: 1 }),
  );
  // 200 of 2,000, with a deviation of 13.
  expect(Math.abs(held.length - 200)).toBeLessThan(60);
});

test('weights and caps that are none are refused', () => {
  expect(() => mix([part('a', 1, { weight: 0 })], { seed: 1 })).toThrow('a: its weight must be above 0, not 0');
  expect(() => mix([part('a', 1, { weight: Number.NaN })], { seed: 1 })).toThrow('its weight');
  expect(() => mix([part('a', 1, { cap: 1.5 })], { seed: 1 })).toThrow(
    'a: its cap must be a whole number above 0, not 1.5',
  );
});
