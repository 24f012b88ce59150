import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realData, withoutRealData } from '../../test/real_data';
import type { Preference } from '../feedback';
import { readRows } from '../node';
import type { Row, Rows } from '../row';
import { Tally } from '../tally';
import { hhPreferences } from './hh';

async function read(...values: unknown[]) {
  const tally = new Tally();
  const rows = values.map((value, i) => ({ file: 'hh.jsonl', line: i + 1, value }));
  const preferences: Preference[] = [];
  for await (const preference of hhPreferences(rows, tally)) preferences.push(preference);
  return { preferences, ...tally.counts() };
}

const talk = '\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: How are you?\n\nAssistant:';

test('roles go by the markers, responses are what follows each side’s own last one', async () => {
  const { preferences, kept } = await read({ chosen: `${talk} Fine.`, rejected: `${talk} None of your business. ` });
  expect(kept).toBe(1);
  expect(preferences).toEqual([
    {
      prompt: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'How are you?' },
      ],
      chosen: 'Fine.',
      rejected: 'None of your business.',
      set: 'hh',
      source: 'hh.jsonl',
      line: 1,
    },
  ]);
});

test.each([
  ['the two sides have different prompts', `${talk} a`, '\n\nHuman: Ho\n\nAssistant: b'],
  ['empty chosen response', `${talk} `, `${talk} b`],
  ['empty rejected response', `${talk} a`, talk],
  ['a role marker inside the chosen response', `${talk} a\nHuman: no`, `${talk} b`],
  ['a role marker inside the rejected response', `${talk} a`, `${talk} b\nAssistant: no`],
  ['no human turn at the beginning', 'Hi\n\nAssistant: a', `${talk} b`],
  ['no assistant turn', '\n\nHuman: Hi', `${talk} b`],
  ['the last turn is not the assistant’s', `${talk} a\n\nHuman: Bye`, `${talk} b`],
  ['the prompt does not end with a human turn', `${talk} x\n\nAssistant: a`, `${talk} x\n\nAssistant: b`],
])('dropped and counted: %s', async (reason, chosen, rejected) => {
  expect(await read({ chosen, rejected })).toEqual({
    preferences: [],
    read: 1,
    kept: 0,
    dropped: { [reason]: 1 },
    repaired: {},
  });
});

test('a role that follows itself is joined and counted', async () => {
  const twice = '\n\nHuman: Hi\n\nHuman: Are you there?\n\nAssistant:';
  const { preferences, repaired } = await read({ chosen: `${twice} Yes.`, rejected: `${twice} No.` });
  expect(preferences[0]?.prompt).toEqual([{ role: 'user', content: 'Hi\n\nAre you there?' }]);
  expect(repaired).toEqual({ 'a role follows itself: turns joined': 1 });
});

test('a missing field is named with its line', async () => {
  await expect(read({ chosen: `${talk} a` })).rejects.toThrow('hh.jsonl: line 1: has no field "rejected"');
});

test('any two texts give a preference or a counted drop', async () => {
  const piece = fc.constantFrom('\n\nHuman:', '\n\nAssistant:', ' a', '\n', 'Human:', ' ');
  const text = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, async (chosen, rejected) => {
      const { preferences, dropped, kept } = await read({ chosen, rejected });
      expect(kept + Object.values(dropped).reduce((a, b) => a + b, 0)).toBe(1);
      for (const p of preferences) {
        expect(p.chosen && p.rejected).toBeTruthy();
        p.prompt.forEach((turn, i) => {
          expect(turn.role).toBe(i % 2 === 0 ? 'user' : 'assistant');
        });
      }
    }),
  );
});

test.skipIf(withoutRealData)(
  'the 1,982 real rows, every oddity under its own reason (needs HALOKIT_TEST_DATA)',
  async () => {
    const tally = new Tally();
    const file = realData('hh-rlhf/harmless-base-test.jsonl.gz');
    let count = 0;
    for await (const { prompt, chosen, rejected } of hhPreferences(readRows(file), tally)) {
      count += 1;
      expect(prompt.length % 2).toBe(1);
      expect(chosen.trim() && rejected.trim()).toBeTruthy();
    }
    // 18 chosen and 15 rejected responses hold a marker; a row is dropped for the first reason it gives.
    expect(tally.counts()).toEqual({
      read: 1982,
      kept: 1947,
      dropped: {
        'the two sides have different prompts': 5,
        'empty chosen response': 4,
        'a role marker inside the chosen response': 17,
        'a role marker inside the rejected response': 9,
      },
      repaired: { 'a role follows itself: turns joined': 3 },
    });
    expect(count).toBe(1947);
  },
);

/** Each row with one of its sides on both, so that a side's own oddities are all there is to count. */
async function* doubled(rows: Rows, side: 'chosen' | 'rejected'): AsyncGenerator<Row> {
  for await (const row of rows) {
    const text = (row.value as Record<string, string>)[side];
    yield { ...row, value: { chosen: text, rejected: text } };
  }
}

test.skipIf(withoutRealData).each([
  [
    'chosen',
    {
      'empty chosen response': 4,
      'a role marker inside the chosen response': 18,
      'the prompt does not end with a human turn': 3,
    },
    3,
  ],
  ['rejected', { 'a role marker inside the chosen response': 15, 'the prompt does not end with a human turn': 1 }, 3],
] as const)(
  'the %s sides of the real rows, each by itself (needs HALOKIT_TEST_DATA)',
  async (side, dropped, repaired) => {
    const tally = new Tally();
    const rows = readRows(realData('hh-rlhf/harmless-base-test.jsonl.gz'));
    for await (const { chosen, rejected } of hhPreferences(doubled(rows, side), tally)) expect(chosen).toBe(rejected);
    // Of 7 chosen and 4 rejected sides in which a role follows itself, 3 end their prompts with it and one holds a marker.
    expect(tally.counts()).toMatchObject({ dropped, repaired: { 'a role follows itself: turns joined': repaired } });
  },
);

test.each([
  ['/data/helpful/harmless-base-test.jsonl.gz', 'hh-harmless'],
  ['hf:Anthropic/hh-rlhf/helpful-rejection-sampled/train.jsonl.gz', 'hh-helpful'],
  ['C:\\data\\helpful-online\\test.jsonl', 'hh-helpful'],
  ['/data/helpful-base/more/train.jsonl', 'hh'],
  ['hh.jsonl', 'hh'],
])('the set of %s is %s', async (file, set) => {
  const row = { file, line: 1, value: { chosen: `${talk} a`, rejected: `${talk} b` } };
  for await (const pair of hhPreferences([row], new Tally())) expect(pair.set).toBe(set);
});
