import { expect, test } from 'vitest';
import { splitByPrompt } from './split';
import { isHeldOut } from './split_stream';

const prompt = (content: string) => [{ role: 'user', content }] as const;

test('about the share is held out, by the prompt and the seed alone', () => {
  const held = (seed: number, share = 0.2) =>
    Array.from({ length: 5000 }, (_, i) => i).filter((i) => isHeldOut(prompt(`p ${i}`), { share, seed }));
  // 1,000, with a deviation of 28.
  expect(Math.abs(held(1).length - 1000)).toBeLessThan(130);
  expect(held(1)).toEqual(held(1));
  expect(held(2)).not.toEqual(held(1));
  expect([held(1, 0).length, held(1, 1).length]).toEqual([0, 5000]);
  expect(isHeldOut(prompt(' p \n 7 '), { share: 0.2, seed: 1 })).toBe(
    isHeldOut(prompt('p 7'), { share: 0.2, seed: 1 }),
  );
});

test('a share that is none is refused', () => {
  expect(() => isHeldOut(prompt('p'), { share: 20, seed: 1 })).toThrow('share: must be a number from 0 to 1, not 20');
});

test('one prompt in two sets, written a little differently, is on one side of either split', () => {
  const examples = Array.from({ length: 40 }, (_, i) => ({
    prompt: prompt(i % 2 ? `p ${i >> 1}` : ` p  ${i >> 1}\n`),
    set: i % 2 ? 'hh' : 'shp',
  }));
  const { train, heldOut } = splitByPrompt(examples, { share: 0.3, seed: 1 });
  const names = (side: typeof examples) => new Set(side.map((e) => e.prompt[0].content.trim().replace(/ +/, ' ')));
  expect([train.length, heldOut.length]).toEqual([28, 12]);
  expect([...names(train)].filter((name) => names(heldOut).has(name))).toEqual([]);
});
