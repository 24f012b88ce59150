import { expect, test } from 'vitest';
import { readFeedback } from './feedback_file';
import { Tally } from './tally';

const rows = (...values: unknown[]) => values.map((value, i) => ({ file: 'f.jsonl', line: i + 1, value }));
const read = async (...values: unknown[]) => {
  const tally = new Tally();
  return { ...(await readFeedback(rows(...values), tally)), counts: tally.counts() };
};

test('single responses with a thumb', async () => {
  const { kind, examples } = await read({ prompt: 'Hi', response: 'Hello', desirable: true, extra: 1 });
  expect(kind).toBe('binary');
  expect(examples).toEqual([
    { prompt: [{ role: 'user', content: 'Hi' }], response: 'Hello', desirable: true, source: 'f.jsonl', line: 1 },
  ]);
});

test('pairs, with a prompt of turns', async () => {
  const prompt = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ];
  const { kind, examples } = await read({ prompt, chosen: 'a', rejected: 'b' });
  expect(kind).toBe('preferences');
  expect(examples[0]).toMatchObject({ prompt, chosen: 'a', rejected: 'b' });
});

test('an empty response is dropped and counted', async () => {
  const { examples, counts } = await read(
    { prompt: 'a', response: ' ', desirable: true },
    { prompt: 'b', response: 'x', desirable: false },
  );
  expect(examples.length).toBe(1);
  expect(counts.dropped).toEqual({ 'empty response': 1 });
});

const ok = { prompt: 'a', response: 'b', desirable: true };
test.each([
  [[ok, { prompt: 'a', desirable: true }], 'line 2: has no field "response"'],
  [[{ prompt: 'a', response: 'b' }], 'line 1: has no field "desirable"'],
  [[{ ...ok, desirable: 'yes' }], 'line 1: field "desirable" must be true or false'],
  [[{ ...ok, prompt: 7 }], 'line 1: field "prompt" must be text'],
  [[{ response: 'b', desirable: true }], 'line 1: has no field "prompt"'],
  [[{ prompt: 'a', chosen: 'b' }], 'line 1: has no field "rejected"'],
  [
    [ok, { prompt: 'a', chosen: 'b', rejected: 'c' }],
    'line 2: is { prompt, chosen, rejected }, but the file began with',
  ],
  [[{ text: 'x' }], 'line 1: is neither { prompt, response, desirable } nor'],
  [[[1]], 'line 1: is not a JSON object'],
  [[{ ...ok, prompt: [{ role: 'bot', content: 'x' }] }], 'field "prompt[0].role" must be one of'],
  [[{ ...ok, prompt: [{ role: 'user' }] }], 'field "prompt[0].content" must be text'],
  [[{ ...ok, prompt: [{ role: 'assistant', content: 'x' }] }], 'must end with a turn of the user'],
  [[], 'holds no rows'],
])('%j is refused with its place', async (values, message) => {
  await expect(read(...(values as unknown[]))).rejects.toThrow(message);
});
