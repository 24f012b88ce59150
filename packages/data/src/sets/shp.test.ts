import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, rowsOf } from '../../test/rows';
import type { Preference } from '../feedback';
import { Tally } from '../tally';
import { type ShpOptions, shpPreferences } from './shp';

async function read(values: readonly unknown[], options: ShpOptions = { seed: 1 }) {
  const tally = new Tally();
  const pairs: Preference[] = [];
  for await (const pair of shpPreferences(rowsOf(values, 'shp.json'), tally, options)) pairs.push(pair);
  return { pairs, ...tally.counts() };
}

const row = (fields: object = {}) => ({
  post_id: 'p',
  domain: 'askculinary_train',
  history: 'How long do I boil an egg?',
  human_ref_A: 'Eight minutes.',
  human_ref_B: 'Eggs are round.',
  score_A: 10,
  score_B: 5,
  labels: 1,
  ...fields,
});

const ofPost = (post_id: string, n: number, from = 0) =>
  Array.from({ length: n }, (_, i) => row({ post_id, human_ref_A: `${post_id}${from + i}` }));

test('A is preferred where the label is 1, B where it is 0', async () => {
  const { pairs } = await read([row(), row({ labels: 0, score_A: 2, score_B: 4 })]);
  expect(pairs).toEqual([
    {
      prompt: [{ role: 'user', content: 'How long do I boil an egg?' }],
      chosen: 'Eight minutes.',
      rejected: 'Eggs are round.',
      set: 'shp',
      source: 'shp.json',
      line: 1,
    },
    expect.objectContaining({ chosen: 'Eggs are round.', rejected: 'Eight minutes.', line: 2, sftTarget: false }),
  ]);
});

test.each([
  ['a score ratio below 2', { score_A: 9 }],
  ['empty post', { history: ' ' }],
  ['empty chosen response', { human_ref_A: '' }],
  ['empty rejected response', { human_ref_B: '\n' }],
  ['a score that is not positive', { score_B: 0 }],
  ['the label contradicts the scores', { labels: 0 }],
])('dropped and counted: %s', async (reason, fields) => {
  expect(await read([row(fields)])).toEqual({ pairs: [], read: 1, kept: 0, dropped: { [reason]: 1 }, repaired: {} });
});

test.each([
  [{ labels: 2 }, 'field "labels" must be 1 (A is preferred) or 0, not 2'],
  [{ labels: undefined }, 'has no field "labels"'],
  [{ score_A: 'many' }, 'field "score_A" must be a number, not "many"'],
  [{ score_A: null }, 'field "score_A" must be a number, not null'],
  [{ history: undefined }, 'has no field "history"'],
  [{ post_id: 7 }, 'field "post_id" must be text, not 7'],
])('%j is refused with its place', async (fields, message) => {
  await expect(read([row(), row(fields)])).rejects.toThrow(`shp.json: line 2: ${message}`);
});

test('numbers may be text, as in a .csv file', async () => {
  expect((await read([row({ score_A: '10', score_B: '5', labels: '1' })])).kept).toBe(1);
});

test('a post gives at most five pairs, drawn with the seed, each as likely as any other', async () => {
  const rows = [...ofPost('a', 9), ...ofPost('b', 3), ...ofPost('c', 6)];
  const { pairs, dropped } = await read(rows);
  const of = (post: string) => pairs.filter(({ chosen }) => chosen.startsWith(post));
  expect([of('a').length, of('b').length, of('c').length]).toEqual([5, 3, 5]);
  expect(dropped).toEqual({ 'more than 5 pairs of its post': 5 });
  expect(pairs.filter(({ sftTarget }) => sftTarget !== false).length).toBe(3);
  expect(pairs.map(({ line }) => line)).toEqual(pairs.map(({ line }) => line).sort((a, b) => a - b));
  expect((await read(rows)).pairs).toEqual(pairs);
  // What is drawn of a post does not depend on what stands around it.
  expect((await read(ofPost('a', 9))).pairs).toEqual(of('a'));

  const times = Array(9).fill(0);
  for (let seed = 0; seed < 900; seed++) {
    for (const { chosen } of (await read(ofPost('a', 9), { seed })).pairs) times[Number(chosen.slice(1))] += 1;
  }
  // 900 x 5/9 = 500, with a deviation of 15.
  for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(75);
});

test('a post that comes back gets what is left of its five', async () => {
  const rows = [...ofPost('a', 3), ...ofPost('b', 1), ...ofPost('a', 4, 3), ...ofPost('b', 1, 1), ...ofPost('a', 2, 7)];
  const { pairs, dropped, kept } = await read(rows);
  expect(pairs.filter(({ chosen }) => chosen.startsWith('a')).length).toBe(5);
  expect([kept, dropped]).toEqual([7, { 'more than 5 pairs of its post': 4 }]);
  expect(pairs.filter(({ sftTarget }) => sftTarget !== false).map(({ chosen }) => chosen)).toEqual(['a0', 'b0']);
});

test('neither rule holds for a test split', async () => {
  const rows = [...ofPost('a', 9), row({ post_id: 'b', score_A: 6 })];
  const { pairs, dropped } = await read(rows, { seed: 1, split: 'test' });
  expect([pairs.length, dropped]).toEqual([10, {}]);
  expect(pairs.filter(({ sftTarget }) => sftTarget !== false).map(({ line }) => line)).toEqual([1, 10]);
});

test('no more than one post is held back', async () => {
  let given = 0;
  async function* endless() {
    for (; ; given++) {
      yield { file: 'f', line: given + 1, value: row({ post_id: `p${Math.floor(given / 100)}` }) };
    }
  }
  let got = 0;
  for await (const _ of shpPreferences(endless(), new Tally(), { seed: 1 })) if (++got === 50) break;
  expect(given).toBeLessThan(1101);
});

test('any row is a pair, a counted drop or an InputError', async () => {
  const text = fc.oneof(fc.constantFrom('', ' ', '\ud800', 'a'), fc.string({ unit: 'grapheme' }));
  const number = fc.oneof(fc.constantFrom<unknown>(0, 1, -1, '1', '', 1e308, 5e-324), fc.double(), fc.integer());
  const score = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) }, number);
  const some = fc.record({
    post_id: fc.constantFrom('a', 'b', 'constructor', '__proto__'),
    history: fc.oneof({ weight: 5, arbitrary: fc.constant('post') }, text),
    human_ref_A: text,
    human_ref_B: text,
    score_A: score,
    score_B: score,
    labels: fc.oneof({ weight: 20, arbitrary: fc.constantFrom<unknown>(0, 1) }, fc.constantFrom<unknown>('1', true, 2)),
  });
  const anyRow = fc.oneof({ weight: 30, arbitrary: some }, { weight: 1, arbitrary: fc.jsonValue() });
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { maxLength: 9 }), async (values) => {
      const result = await read(values).catch((error: Error) => error);
      if (result instanceof Error)
        expect(`${result.name}: ${result.message}`).toMatch(/^InputError: shp\.json: line \d+: /);
      else {
        expect(accounted(result)).toBe(values.length);
        expect(result.pairs.length).toBe(result.kept);
        kept += result.kept;
        for (const { chosen, rejected } of result.pairs) expect(chosen.trim() && rejected.trim()).toBeTruthy();
      }
    }),
    { numRuns: 500 },
  );
  expect(kept).toBeGreaterThan(50);
});
