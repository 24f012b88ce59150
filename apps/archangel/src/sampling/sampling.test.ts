import { type Preference, Tally, tulu } from '@halokit/data';
import { expect, test } from 'vitest';
import type { AskedModel } from '../chat/asked_model';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { rowsWithin } from './answer_model';
import { type AskedPrompt, askedPrompts, inTurn } from './asked_prompts';
import { fittingPrompts } from './fitting_prompts';

const user = (content: string) => [{ role: 'user' as const, content }];

function prompts(counts: Readonly<Record<string, number>>): AskedPrompt[] {
  return Object.entries(counts).flatMap(([set, count]) =>
    Array.from({ length: count }, (_, i) => ({ id: `${set}${i}`, set, turns: user(`${set} ${i}`) })),
  );
}

const countsOf = (list: readonly AskedPrompt[]) => {
  const counts: Record<string, number> = {};
  for (const { set } of list) counts[set] = (counts[set] ?? 0) + 1;
  return counts;
};

test('distinct prompts as first met, with the first response worth imitating', async () => {
  const origin = { source: 'f', line: 1 };
  const pair = (text: string, chosen: string, more: Partial<Preference> = {}): Preference => {
    return { ...origin, prompt: user(text), chosen, rejected: 'no', ...more };
  };
  const examples = [
    pair('a', '1', { sftTarget: false }),
    pair('b', '2', { set: 'shp' }),
    pair('a', '3'),
    pair('a', '4'),
  ];
  const asked = await askedPrompts({ kind: 'preferences', examples }, (example) => example.set ?? 'file');
  expect(asked.map(({ set, turns, target }) => [set, turns[0]?.content, target])).toEqual([
    ['file', 'a', '3'],
    ['shp', 'b', '2'],
  ]);
  const thumbs = [false, true].map((desirable, i) => ({ ...origin, prompt: user('a'), response: `${i}`, desirable }));
  const [good] = await askedPrompts({ kind: 'binary', examples: thumbs }, () => 'file');
  expect(good).toMatchObject({ id: asked[0]?.id, target: '1' });
  const [bad] = await askedPrompts({ kind: 'binary', examples: thumbs.slice(0, 1) }, () => 'file');
  expect(bad).not.toHaveProperty('target');
});

test('any beginning of the order has the sets in their shares', () => {
  const all = prompts({ large: 60, middle: 30, small: 10 });
  const order = inTurn(all, 1);
  expect(new Set(order)).toEqual(new Set(all));
  for (const count of [10, 20, 50, 100]) {
    expect(countsOf(order.slice(0, count))).toEqual({ large: 0.6 * count, middle: 0.3 * count, small: 0.1 * count });
  }
  // By hand: 60/1, then 30/1 over 60/3, and 60/3 over 30/3 and 10/1.
  expect(order.slice(0, 3).map(({ set }) => set)).toEqual(['large', 'middle', 'large']);
});

test('the order is told by the seed and the prompts, not by the order of the data', () => {
  const all = prompts({ one: 20, two: 10 });
  const ids = (list: readonly AskedPrompt[]) => list.map(({ id }) => id);
  expect(ids(inTurn([...all].reverse(), 1))).toEqual(ids(inTurn(all, 1)));
  expect(ids(inTurn(all, 2))).not.toEqual(ids(inTurn(all, 1)));
  // Without a prompt the others keep their order within the set.
  const [first] = inTurn(all, 1) as [AskedPrompt];
  const ofSet = (list: readonly AskedPrompt[]) => ids(list.filter(({ set }) => set === first.set));
  expect(
    ofSet(
      inTurn(
        all.filter(({ id }) => id !== first.id),
        1,
      ),
    ),
  ).toEqual(ofSet(inTurn(all, 1)).slice(1));
});

test('what every model can read whole is asked, and a set keeps its share where its prompts are left out', () => {
  const demonstration = { prompt: user('a b c'), response: 'd', source: 'here', line: 1 };
  const tokenizer = learnTokenizer([demonstration], 280);
  const model = (context: number) =>
    ({ tokenizer, format: tulu, config: { maxPositionEmbeddings: context } }) as unknown as AskedModel;
  const sequence = inTurn(
    ['long', 'short'].flatMap((set) =>
      Array.from({ length: 20 }, (_, i) => {
        const text = set === 'long' && i % 2 ? 'a b c '.repeat(40) : `${set} ${i}`;
        return { id: `${set}${i}`, set, turns: user(text) };
      }),
    ),
    1,
  );
  const tally = new Tally();
  const asked = fittingPrompts(sequence, [model(200), model(100)], { count: 12, maxNewTokens: 40 }, tally);
  expect(countsOf(asked)).toEqual({ long: 6, short: 6 });
  expect(asked.every(({ turns }) => (turns[0]?.content.length as number) < 20)).toBe(true);
  for (const { place, id } of asked) expect(sequence[place]?.id).toBe(id);
  const { kept, dropped } = tally.counts();
  expect(kept).toBe(12);
  expect(Object.keys(dropped)).toEqual(['longer than 52 tokens']);
  const fewer = fittingPrompts(sequence, [model(100)], { count: 5, maxNewTokens: 40 }, new Tally());
  expect(fewer).toEqual(asked.slice(0, 5));
  const all = fittingPrompts(sequence, [model(100)], { count: 100, maxNewTokens: 40 }, new Tally());
  expect(countsOf(all)).toEqual({ long: 10, short: 20 });
});

test('as many rows as keys and values have room for, and at least one', () => {
  const config = { numLayers: 2, hiddenSize: 8 } as Parameters<typeof rowsWithin>[1];
  // A token has 2 layers x 8 numbers x 4 bytes of keys, and as many of values.
  expect(rowsWithin(128 * 10 * 3, config, 10)).toBe(3);
  expect(rowsWithin(128 * 10 * 3 - 1, config, 10)).toBe(2);
  expect(rowsWithin(1, config, 10)).toBe(1);
});
