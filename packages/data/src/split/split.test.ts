import { expect, test } from 'vitest';
import { splitByPrompt } from './split';

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
