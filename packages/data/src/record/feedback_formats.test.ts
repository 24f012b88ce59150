import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../test/rows';
import { Tally } from '../tally';
import type { Columns } from './columns';
import { type FeedbackOptions, readFeedback } from './feedback_file';

async function read(values: readonly unknown[], options: FeedbackOptions = {}) {
  const tally = new Tally();
  return { ...(await readFeedback(rowsOf(values), tally, options)), counts: tally.counts() };
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const origin = { source: 'f.jsonl', line: 1 };

describe('thumbs', () => {
  test.each([[1], ['up'], ['true'], ['1'], [1n]])('%s as a label', async (label) => {
    const { kind, examples, notes } = await read([{ prompt: 'a', response: 'b', label }]);
    expect(kind).toBe('binary');
    expect(examples).toEqual([{ prompt: [user('a')], response: 'b', desirable: true, ...origin }]);
    expect(notes).toEqual([]);
  });

  test.each([['yes'], [2], [null], [''], [[]]])('%j is no label', async (label) => {
    await expect(read([{ prompt: 'a', response: 'b', label }])).rejects.toThrow(/line 1: .*"label"/);
  });

  test('TRL’s names and turns', async () => {
    const { examples, notes } = await read([{ prompt: [user('a')], completion: [assistant('b')], label: false }]);
    expect(examples).toMatchObject([{ prompt: [user('a')], response: 'b', desirable: false }]);
    expect(notes).toEqual(['f.jsonl: takes "completion" as response. If that is wrong, name the columns.']);
  });

  test('HALOs’ names', async () => {
    const row = {
      prompt: [user('a')],
      prompt_id: 7,
      output: [assistant('b')],
      label: 1,
      reward: 0.3,
      type: 'binary_feedback',
    };
    expect((await read([row])).examples).toMatchObject([{ response: 'b', desirable: true }]);
  });
});

describe('pairs', () => {
  test('whole conversations on both sides, the prompt before them or not', async () => {
    const [chosen, rejected] = [
      [user('a'), assistant('b')],
      [user('a'), assistant('c')],
    ];
    const { kind, examples } = await read([
      { chosen, rejected },
      { prompt: 'a', chosen, rejected: 'c' },
    ]);
    expect(kind).toBe('preferences');
    const pair = { prompt: [user('a')], chosen: 'b', rejected: 'c', source: 'f.jsonl' };
    expect(examples).toEqual([
      { ...pair, line: 1 },
      { ...pair, line: 2 },
    ]);
  });

  test('sides that differ before the response are dropped and counted', async () => {
    const chosen = [user('a'), assistant('b')];
    const { counts } = await read([
      { chosen, rejected: [user('z'), assistant('c')] },
      { prompt: 'z', chosen, rejected: 'c' },
    ]);
    expect(counts.dropped).toEqual({
      'the two sides have different prompts': 1,
      'the turns before the response are not the prompt': 1,
    });
  });

  test('HALOs’ two outputs and a label', async () => {
    const row = {
      prompt: [user('p')],
      output_A: [assistant('a')],
      output_B: [assistant('b')],
      type: 'pairwise_feedback',
    };
    const { kind, examples } = await read([
      { ...row, label: 1 },
      { ...row, label: 0 },
    ]);
    expect(kind).toBe('preferences');
    expect(examples).toMatchObject([
      { chosen: 'a', rejected: 'b' },
      { chosen: 'b', rejected: 'a' },
    ]);
  });

  test('a margin may be the text of a number, or nothing', async () => {
    const pair = { prompt: 'Hi', chosen: 'a', rejected: 'b' };
    const { examples } = await read([
      { ...pair, margin: '1.5' },
      { ...pair, margin: '' },
      { ...pair, margin: null },
    ]);
    expect(examples.map((example) => 'margin' in example && example.margin)).toEqual([1.5, false, false]);
  });
});

describe('a row’s set', () => {
  const pair = { prompt: 'Hi', chosen: 'a', rejected: 'b' };
  test.each([
    ['pairs', pair],
    ['thumbs', { prompt: 'Hi', response: 'a', desirable: true }],
    ['a conversation', { messages: [user('Hi'), { ...assistant('a'), rating: 1 }] }],
  ])('is kept, of %s', async (_, row) => {
    const { examples } = await read([{ ...row, set: 'harmless' }, row, { ...row, set: '' }]);
    expect(examples.map(({ set }) => set)).toEqual(['harmless', undefined, undefined]);
  });

  test('may have another name; what is called so by chance and is no text is another field', async () => {
    const named = await read([{ ...pair, set: 'x', kind: 3 }], { columns: { set: 'kind' } });
    expect(named.examples[0]?.set).toBe('3');
    expect((await read([{ ...pair, set: ['x'] }])).examples[0]).not.toHaveProperty('set');
    await expect(read([{ ...pair, kind: ['x'] }], { columns: { set: 'kind' } })).rejects.toThrow(
      'line 1: field "kind" must be text or a number, not ["x"]',
    );
  });
});

describe('columns', () => {
  test('named by the user', async () => {
    const row = { question: 'a', answer: 'b', thumb: 'up', at: '2025-06-30', who: 7, response: 'other' };
    const columns = { prompt: 'question', response: 'answer', label: 'thumb', time: 'at', user: 'who' };
    const { examples, notes } = await read([row, { ...row, at: '', who: null }], { columns });
    expect(examples).toEqual([
      { prompt: [user('a')], response: 'b', desirable: true, ...origin, user: '7', time: Date.UTC(2025, 5, 30) },
      { prompt: [user('a')], response: 'b', desirable: true, source: 'f.jsonl', line: 2 },
    ]);
    expect(notes).toEqual([]);
  });

  test('who and when are not read unless named', async () => {
    const { examples } = await read([{ prompt: 'a', response: 'b', desirable: true, user: [], time: 'noon' }]);
    expect(examples[0]).not.toHaveProperty('user');
    expect(examples[0]).not.toHaveProperty('time');
  });

  test('guessed, and said', async () => {
    const { examples, notes } = await read([{ question: 'a', answer: 'b', thumb: 1 }]);
    expect(examples).toMatchObject([{ response: 'b', desirable: true }]);
    expect(notes).toEqual([
      'f.jsonl: takes "question" as prompt, "answer" as response, "thumb" as desirable. If that is wrong, name the columns.',
    ]);
  });

  test('a field’s own name goes before its synonyms', async () => {
    const row = { prompt: 'a', question: 'x', response: 'b', answer: 'y', label: 1, thumb: 0 };
    const { examples, notes } = await read([row]);
    expect(examples).toMatchObject([{ prompt: [user('a')], response: 'b', desirable: true }]);
    expect(notes).toEqual([]);
  });

  test('what was guessed holds for the whole file', async () => {
    const rows = [
      { prompt: 'a', answer: 'b', label: 1 },
      { prompt: 'a', output: 'b', label: 1 },
    ];
    await expect(read(rows)).rejects.toThrow('line 2: has no field "answer"');
  });

  const ok = { prompt: 'a', response: 'b', label: 1 };
  test.each([
    [
      [{ instruction: 'a', input: 'b', output: 'c', label: 1 }],
      {},
      'has "instruction" and "input", each of which may be the prompt: name it, columns.prompt',
    ],
    [
      [{ prompt: 'a', answer: 'b', reply: 'c', label: 1 }],
      {},
      'has "answer" and "reply", each of which may be the response',
    ],
    [
      [{ prompt: 'a', response: 'b', thumb: 1, vote: 1 }],
      {},
      'has "thumb" and "vote", each of which may be the desirable',
    ],
    [
      [{ prompt: 'a', response: 'b', thumb: 1, rating: 4 }],
      {},
      'may be of more than one format by "thumb" and "rating"',
    ],
    [
      [{ prompt: 'a', answer: 'b', winner: 'c', loser: 'd' }],
      {},
      'may be of more than one format by "answer" and "winner" and "loser"',
    ],
    [
      [ok],
      { response: 'answer' },
      'line 1: has no field "answer", which columns.response names: it has prompt, response, label',
    ],
    [[ok], { promt: 'a' }, 'columns.promt: is no field. The fields are prompt, response'],
    [[ok], { prompt: 'x', response: 'x' }, 'columns.response: clashes with columns.prompt'],
    [[ok], { label: 'x', desirable: 'y' }, 'columns.desirable: clashes with columns.desirable'],
    [[ok], { prompt: '' }, "columns.prompt: must be a column's name"],
    [[ok, ok], { time: 'when' }, 'f.jsonl: no row has the field "when", which columns.time names'],
    [[{ ...ok, when: 'noon' }], { time: 'when' }, 'line 1: field "when" must be a time'],
    [[{ ...ok, who: [] }], { user: 'who' }, 'line 1: field "who" must be text or a number, not []'],
    [[ok], { prompt: 'constructor' }, 'has no field "constructor"'],
    [[{ prompt: 'a', response: 'b', score: 1 }], {}, 'holds scores: say what they become'],
  ])('%j with columns %j is refused', async (values, columns, message) => {
    await expect(read(values, { columns: columns as Columns })).rejects.toThrow(message);
  });

  test('a rating of a whole row is a score', async () => {
    const rated = { as: 'thumbs', threshold: 3 } as const;
    const { examples, notes } = await read([{ prompt: 'a', response: 'b', rating: 4 }], { rated });
    expect(examples).toMatchObject([{ desirable: true }]);
    expect(notes).toEqual(['f.jsonl: takes "rating" as score. If that is wrong, name the columns.']);
  });

  test('a column that the user names decides the format', async () => {
    const row = { prompt: 'a', response: 'b', label: 'ham', stars: 4, chosen: 1 };
    const rated = { as: 'thumbs', threshold: 3 } as const;
    expect((await read([row], { columns: { score: 'stars' }, rated })).examples).toMatchObject([{ desirable: true }]);
  });
});

describe('a file of', () => {
  const scores = { prompt: 'a', response: 'b', score: 1 };
  test.each([
    [[scores, { prompt: 'a', response: 'b' }], 'line 2: has no field "score": add it, as a number'],
    [[scores, { prompt: 'a', response: 'b', score: 'good' }], 'line 2: field "score" must be a number, not "good"'],
    [
      [scores, { prompt: 'a', response: 'b', desirable: true }],
      'line 2: is { prompt, response, desirable }, but the file began with { prompt, response, score }',
    ],
    [[{ prompt: 'a', responses: 'b' }], 'line 1: field "responses" must be a list, not "b"'],
    [[{ prompt: 'a', responses: ['b', 7] }], 'line 1: field "responses[1]" must be text, not 7'],
    [[{ prompt: 'a', responses: ['b', null] }], 'line 1: has no field "responses[1]"'],
    [[{ prompt: 'a', responses: ['b', 'c'], ranks: [1] }], 'line 1: field "ranks" has 1 numbers for 2 responses'],
    [[{ prompt: 'a', responses: ['b', 'c'], ranks: [1, 'x'] }], 'line 1: field "ranks[1]" must be a number, not "x"'],
    [
      [
        { prompt: 'a', responses: ['b'], scores: [1] },
        { prompt: 'a', responses: ['b'] },
      ],
      'line 2: has no field "scores": add it, as a list',
    ],
    [[{ responses: ['b', 'c'] }], 'line 1: has no field "prompt"'],
  ])('%j is refused with its place', async (values, message) => {
    await expect(read(values, { rated: { as: 'pairs', pairs: 'all' } })).rejects.toThrow(message);
  });

  test('rankings, in CSV too', async () => {
    const rated = { as: 'pairs', pairs: 'adjacent' } as const;
    const { examples, counts } = await read(
      [
        { prompt: 'a', responses: '["x", "", "y"]' },
        { prompt: 'b', responses: '[""]' },
      ],
      { rated },
    );
    expect(examples).toMatchObject([{ chosen: 'x', rejected: 'y' }]);
    expect(counts).toMatchObject({
      read: 2,
      kept: 1,
      dropped: { 'too few responses that are not empty': 1 },
      repaired: { 'an empty response left out': 1 },
    });
  });

  test('rankings of one response are not compared with each other', async () => {
    const rows = [
      ['x', ''],
      ['', 'y'],
    ].map((responses) => ({ prompt: 'a', responses }));
    expect((await read(rows, { rated: { as: 'pairs', pairs: 'all' } })).examples).toEqual([]);
  });

  test('scores, each row counted once', async () => {
    const rows = ['x', 'y', 'z', ' '].map((response, i) => ({ prompt: 'a', response, score: [1, 2, 2, 3][i] }));
    const alone = { prompt: 'b', response: 'x', score: 5 };
    const { kind, examples, counts } = await read([...rows, alone], { rated: { as: 'pairs', pairs: 'all' } });
    expect(kind).toBe('preferences');
    expect(examples).toMatchObject([
      { chosen: 'y', rejected: 'x', margin: 1, line: 2 },
      { chosen: 'z', rejected: 'x', margin: 1, line: 3 },
    ]);
    expect(counts).toMatchObject({
      read: 5,
      kept: 3,
      dropped: { 'empty response': 1, 'the only response of its prompt': 1 },
      repaired: { 'tied with another response: no pair of the two': 2 },
    });
  });

  test('nothing but empty responses still has its kind', async () => {
    const { kind, examples } = await read([{ prompt: 'a', response: '', label: 1 }]);
    expect([kind, examples]).toEqual(['binary', []]);
  });
});
