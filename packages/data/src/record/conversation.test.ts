import { expect, test } from 'vitest';
import { rowsOf } from '../../test/rows';
import { Tally } from '../tally';
import type { Columns } from './columns';
import { readFeedback } from './feedback_file';

async function read(values: readonly unknown[], columns: Columns = {}) {
  const tally = new Tally();
  const { examples } = await readFeedback(rowsOf(values), tally, { columns });
  return { examples, counts: tally.counts() };
}

const user = (content: string, more = {}) => ({ role: 'user', content, ...more });
const assistant = (content: string, rating?: unknown) => ({ role: 'assistant', content, rating });

test('each rated turn is an example, what stands before it the prompt', async () => {
  const system = { role: 'system', content: 'Be brief.' };
  const messages = [
    system,
    user('a'),
    assistant('b', 'down'),
    user('c'),
    assistant('d'),
    user('e'),
    assistant('f', true),
  ];
  const { examples, counts } = await read([{ messages, id: 1 }]);
  const plain = messages.map(({ role, content }) => ({ role, content }));
  expect(examples).toEqual([
    { prompt: plain.slice(0, 2), response: 'b', desirable: false, source: 'f.jsonl', line: 1 },
    { prompt: plain.slice(0, 6), response: 'f', desirable: true, source: 'f.jsonl', line: 1 },
  ]);
  expect(counts).toEqual({ read: 1, kept: 1, dropped: {}, repaired: {} });
});

test('turns that cannot be examples are left out and counted', async () => {
  const { examples, counts } = await read([
    {
      messages: [assistant('Hello!', 1), user('a'), assistant(' ', 1), user('b'), assistant('c', 1), assistant('d', 0)],
    },
    { messages: [user('a'), assistant('b', null), user('c', { rating: '' })] },
    { messages: [assistant('Hello!', 1)] },
    { messages: [] },
  ]);
  expect(examples).toMatchObject([{ response: 'c' }]);
  expect(counts).toEqual({
    read: 4,
    kept: 1,
    dropped: { 'no rated turn': 2, 'a rated turn that does not follow the user’s': 1 },
    repaired: {
      'a rated turn left out: a rated turn that does not follow the user’s': 2,
      'a rated turn left out: empty response': 1,
    },
  });
});

test('the thumb may have another name', async () => {
  const messages = [user('a'), { role: 'assistant', content: 'b', feedback: 'up' }];
  expect((await read([{ turns: messages }], { rating: 'feedback' })).examples).toMatchObject([{ desirable: true }]);
});

test.each([
  [[user('a'), assistant('b', 'good')], 'line 1: field "messages[1].rating" must be true or false, not "good"'],
  [[user('a', { rating: 1 })], 'line 1: field "messages[0].rating" rates a turn of the user'],
  [[{ role: 'bot', content: 'x' }], 'line 1: field "messages[0].role" must be one of'],
  [[{ role: 'user', content: 7 }], 'line 1: field "messages[0].content" must be text, not 7'],
  [[null], 'line 1: field "messages[0].role"'],
  ['hi', 'line 1: field "messages" must be a list, not "hi"'],
  [null, 'line 1: has no field "messages"'],
])('%j is refused with its place', async (messages, message) => {
  await expect(read([{ messages }])).rejects.toThrow(message);
});
