import { expect, test } from 'vitest';
import { requireBothClasses, toBinary, toDemonstrations, toPreferences } from './binarise';
import type { Feedback } from './feedback';
import { splitByPrompt } from './split';

const origin = { source: 'f.jsonl', line: 1 };
const prompt = [{ role: 'user', content: 'Hi' }] as const;
const pairs: Feedback = { kind: 'preferences', examples: [{ prompt, chosen: 'a', rejected: 'b', ...origin }] };
const thumbs: Feedback = {
  kind: 'binary',
  examples: [
    { prompt, response: 'a', desirable: true, ...origin },
    { prompt, response: 'b', desirable: false, ...origin },
  ],
};

test('a pair is one desirable and one undesirable example', () => {
  expect(toBinary(pairs)).toEqual(thumbs.examples);
  expect(toBinary(thumbs)).toBe(thumbs.examples);
});

test('what is worth imitating', () => {
  const good = [{ prompt, response: 'a', ...origin }];
  expect(toDemonstrations(pairs)).toEqual(good);
  expect(toDemonstrations(thumbs)).toEqual(good);
});

test('thumbs are not pairs', () => {
  expect(toPreferences(pairs)).toBe(pairs.examples);
  expect(() => toPreferences(thumbs)).toThrow('f.jsonl: holds single responses');
});

test('one class only is refused', () => {
  requireBothClasses(toBinary(pairs));
  expect(() => requireBothClasses(toBinary(pairs).slice(0, 1))).toThrow('all 1 examples are desirable');
  expect(() => requireBothClasses(toBinary(pairs).slice(1))).toThrow('all 1 examples are undesirable');
});

test('no prompt is on both sides of a split, and nothing is lost', () => {
  const examples = Array.from({ length: 60 }, (_, i) => ({
    prompt: [{ role: 'user', content: `p${i % 20}` }] as const,
    i,
  }));
  const { train, heldOut } = splitByPrompt(examples, { share: 0.25, seed: 3 });
  const prompts = (side: typeof examples) => new Set(side.map((e) => e.prompt[0].content));
  expect(prompts(heldOut).size).toBe(5);
  expect([...prompts(train)].filter((p) => prompts(heldOut).has(p))).toEqual([]);
  expect([...train, ...heldOut].map((e) => e.i).sort((a, b) => a - b)).toEqual([...Array(60).keys()]);
  expect(splitByPrompt(examples, { share: 0.25, seed: 3 }).heldOut).toEqual(heldOut);
  expect(splitByPrompt(examples, { share: 0.25, seed: 4 }).heldOut).not.toEqual(heldOut);
  expect(() => splitByPrompt(examples.slice(0, 1), { share: 0.5, seed: 1 })).toThrow('1 distinct prompt');
});
