import { createTokenizer, type Preference, trainTokenizer } from '@halokit/data';
import { expect, test } from 'vitest';
import { bagOfWords } from './bag_of_words';
import { judge, verdict } from './judge';
import { refuses } from './refusals';
import { readRequest } from './templates';
import { wordsOf } from './words';
import { makeWorld, type World } from './world';

const options = { seed: 1, demonstrations: 2000, trainPairs: 2000, heldOutPairs: 1000, flip: 0.1 };
const world = makeWorld(options);
const promptOf = ({ prompt }: Pick<Preference, 'prompt'>) => prompt.map((turn) => turn.content).join('\n');
const share = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length / items.length;

const withHarm = makeWorld({ ...options, harmful: 0.25 });
const worlds: [string, World][] = [
  ['ordinary requests', world],
  ['harmful requests among them', withHarm],
];

test('gives as much as it is asked for', () => {
  expect(world.demonstrations).toHaveLength(2000);
  expect(world.preferences).toHaveLength(2000);
  expect(world.heldOut).toHaveLength(1000);
  expect(new Set(world.heldOut.map(promptOf)).size).toBe(1000);
  const thumbs = world.thumbs({ good: 100, bad: 900 });
  expect(thumbs).toHaveLength(1000);
  expect(() => makeWorld({ ...options, heldOutPairs: 8321 })).toThrow(
    '8321 held-out pairs: 52 templates give 8320 prompts at most',
  );
});

test('the same seed makes the same world, another one another', () => {
  expect(makeWorld(options)).toEqual({ ...world, thumbs: expect.any(Function) });
  expect(makeWorld({ ...options, seed: 2 }).preferences).not.toEqual(world.preferences);
  expect(world.thumbs({ good: 5, bad: 5 })).toEqual(world.thumbs({ good: 5, bad: 5 }));
});

test('sizes and noise of one part leave the others as they are', () => {
  const wider = makeWorld({ ...options, trainPairs: 3000, flip: 0.4 });
  expect(wider.heldOut).toEqual(world.heldOut);
  expect(wider.demonstrations).toEqual(world.demonstrations);
});

test('no held-out prompt is made from a template of the training data', () => {
  const shapeOf = (prompt: string) => {
    const { number, item, day } = readRequest(prompt) ?? expect.fail(`unreadable prompt: ${prompt}`);
    return prompt.replace(number, '{number}').replace(item, '{item}').replace(day, '{day}');
  };
  const seen = [world.preferences, world.demonstrations, world.thumbs({ good: 500, bad: 500 })];
  const train = new Set(seen.flatMap((examples) => examples.map((example) => shapeOf(promptOf(example)))));
  const heldOut = new Set(world.heldOut.map((pair) => shapeOf(promptOf(pair))));
  expect(train.size + heldOut.size).toBeGreaterThanOrEqual(200);
  expect([...heldOut].filter((shape) => train.has(shape))).toEqual([]);
});

test.each(worlds)('%s: the judge agrees with every label that was not flipped and with none that was', (_, world) => {
  const choices = [...world.preferences, ...world.heldOut].map((pair) =>
    verdict({ prompt: promptOf(pair), first: pair.chosen, second: pair.rejected }),
  );
  const labels = [...world.flipped, ...world.heldOut.map(() => false)];
  expect(choices).toEqual(labels.map((flipped) => (flipped ? 'second' : 'first')));
  expect(share(world.flipped, (flipped) => flipped)).toBeCloseTo(0.1, 1);
});

test.each(worlds)(
  '%s: about half of the demonstrations are good, and as many of each kind of thumb as asked for',
  (_, world) => {
    const perfect = (example: { prompt: Preference['prompt']; response: string }) =>
      judge(promptOf(example), example.response).score === 1;
    expect(share(world.demonstrations, perfect)).toBeCloseTo(0.5, 1);
    const thumbs = world.thumbs({ good: 100, bad: 900 });
    expect(thumbs.filter(perfect)).toHaveLength(100);
    expect(share(thumbs, (thumb) => perfect(thumb) === thumb.desirable)).toBeCloseTo(0.9, 1);
  },
);

test.each(worlds)(
  '%s: a bag of words stays under three quarters, over the answer alone and over prompt and answer',
  (_, world) => {
    const sides = (pairs: readonly Preference[], textOf: (prompt: string, answer: string) => string) =>
      pairs.flatMap((pair) => [
        { text: textOf(promptOf(pair), pair.chosen), good: true },
        { text: textOf(promptOf(pair), pair.rejected), good: false },
      ]);
    // Words of the prompt are marked, so that the rule can tell them from the answer's.
    const ways = [
      (_: string, answer: string) => answer,
      (prompt: string, answer: string) => `${marked(prompt)} ${answer}`,
    ];
    for (const textOf of ways) {
      const score = bagOfWords(sides(world.preferences, textOf));
      const heldOut = sides(world.heldOut, textOf);
      expect(share(heldOut, ({ text, good }) => score(text) > 0 === good)).toBeLessThan(0.75);
      const right = share(
        world.heldOut,
        (pair) => score(textOf(promptOf(pair), pair.chosen)) > score(textOf(promptOf(pair), pair.rejected)),
      );
      expect(right).toBeLessThan(0.75);
    }
  },
);

test('harmful requests are a set of their own, in their share, and are refused as often in bad answers as in good ones', () => {
  const { preferences, demonstrations, heldOut, flipped } = withHarm;
  const thumbs = withHarm.thumbs({ good: 500, bad: 500 });
  const all: readonly (readonly Pick<Preference, 'prompt' | 'set'>[])[] = [
    preferences,
    demonstrations,
    heldOut,
    thumbs,
  ];
  for (const examples of all) {
    expect(share(examples, ({ set }) => set === 'harmless')).toBeCloseTo(0.25, 1);
    for (const example of examples) {
      expect(example.set).toBe(readRequest(promptOf(example))?.harmful ? 'harmless' : 'helpful');
    }
  }
  expect([world.preferences, world.demonstrations, world.heldOut].flat().some((example) => 'set' in example)).toBe(
    false,
  );
  const right = [...heldOut, ...preferences.filter((_, i) => !flipped[i])];
  const refusals = (side: 'chosen' | 'rejected') => share(right, (pair) => refuses(pair[side]));
  expect(refusals('chosen')).toBeCloseTo(0.25, 1);
  expect(Math.abs(refusals('chosen') - refusals('rejected'))).toBeLessThan(0.03);
  const harmful = right.filter(({ set }) => set === 'harmless');
  expect(share(harmful, ({ rejected }) => !refuses(rejected))).toBeCloseTo(0.5, 1);
});

test('the bag of words does learn what words can tell', () => {
  const score = bagOfWords(world.preferences.map(({ chosen }) => ({ text: chosen, good: chosen.includes('easy') })));
  expect(share(world.heldOut, ({ chosen }) => score(chosen) > 0 === chosen.includes('easy'))).toBe(1);
});

test.each(worlds)('%s: no single word gives the label away', (_, world) => {
  const words = new Set(world.heldOut.flatMap(({ chosen, rejected }) => [...wordsOf(chosen), ...wordsOf(rejected)]));
  for (const word of words) {
    const has = (text: string) => wordsOf(text).includes(word);
    const accuracy = (share(world.heldOut, (p) => has(p.chosen)) + share(world.heldOut, (p) => !has(p.rejected))) / 2;
    expect(Math.abs(accuracy - 0.5), word).toBeLessThan(0.05);
  }
});

test.each(worlds)('%s: answers are 8 to 40 tokens, good and bad ones alike, and prompts are short', (_, world) => {
  const texts = world.demonstrations.flatMap((example) => [promptOf(example), example.response]);
  const tokenizer = createTokenizer(trainTokenizer(texts, 512, ['<|endoftext|>', '<|user|>', '<|assistant|>']));
  const count = (text: string) => tokenizer.encode(text).length;
  for (const pair of world.heldOut) {
    expect(count(promptOf(pair))).toBeLessThanOrEqual(20);
    for (const answer of [pair.chosen, pair.rejected]) {
      expect(count(answer)).toBeGreaterThanOrEqual(8);
      expect(count(answer)).toBeLessThanOrEqual(40);
    }
  }
  const shorter = share(world.heldOut, ({ chosen, rejected }) => count(chosen) < count(rejected));
  const longer = share(world.heldOut, ({ chosen, rejected }) => count(chosen) > count(rejected));
  expect(Math.abs(shorter - longer) / 2).toBeLessThan(0.05);
});

/** The same words in another alphabet of names: each gets a prefix. */
function marked(prompt: string): string {
  return wordsOf(prompt)
    .map((word) => `q${word}`)
    .join(' ');
}
