import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tally } from '../tally';
import { readFeedback } from './feedback_file';

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

test('a pair may say by how much', async () => {
  const pair = { prompt: 'Hi', chosen: 'a', rejected: 'b' };
  const { examples } = await read({ ...pair, margin: 1.5 }, pair);
  expect(examples.map((example) => 'margin' in example && example.margin)).toEqual([1.5, false]);
  await expect(read({ ...pair, margin: 'much' })).rejects.toThrow(
    'line 1: field "margin" must be a number, not "much"',
  );
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
  [[{ ...ok, desirable: 'yes' }], 'line 1: field "desirable" must be true or false, not "yes"'],
  [[{ ...ok, prompt: 7 }], 'line 1: field "prompt" must be text, not 7'],
  [[{ response: 'b', desirable: true }], 'line 1: has no field "prompt"'],
  [[{ prompt: 'a', chosen: 'b' }], 'line 1: has no field "rejected"'],
  [
    [ok, { prompt: 'a', chosen: 'b', rejected: 'c' }],
    'line 2: is { prompt, chosen, rejected }, but the file began with',
  ],
  [[{ ...ok, chosen: 'b', rejected: 'c' }], 'line 1: is both { prompt, response, desirable } and'],
  [[{ text: 'x' }], 'line 1: is neither { prompt, response, desirable } nor'],
  [[[1]], 'line 1: is not a JSON object'],
  [[{ ...ok, prompt: [{ role: 'bot', content: 'x' }] }], 'field "prompt[0].role" must be one of'],
  [[{ ...ok, prompt: [{ role: 'user' }] }], 'field "prompt[0].content" must be text'],
  [[{ ...ok, prompt: [{ role: 'assistant', content: 'x' }] }], 'must end with a turn of the user'],
  [[], 'holds no rows'],
])('%j is refused with its place', async (values, message) => {
  await expect(read(...(values as unknown[]))).rejects.toThrow(message);
});

test('any JSON gives examples with text in them, or an InputError', async () => {
  const value = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
  const field = fc.constantFrom('prompt', 'response', 'desirable', 'chosen', 'rejected');
  const thumb = fc.oneof(fc.boolean(), value);
  const nearly = fc.record(
    { prompt: fc.string(), response: fc.string(), desirable: thumb },
    { requiredKeys: ['prompt'] },
  );
  const row = fc.oneof(nearly, fc.dictionary(field, value), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (values) => {
      const result = await read(...values).catch((error: Error) => error);
      if (result instanceof Error) {
        expect(result.name).toBe('InputError');
        expect(result.message).toMatch(/^f\.jsonl: line \d: /);
        return;
      }
      expect(result.counts.read).toBe(values.length);
      for (const example of result.examples) {
        expect(example.prompt.at(-1)?.role).toBe('user');
        if ('desirable' in example) expect(typeof example.desirable).toBe('boolean');
        expect(('response' in example ? example.response : example.chosen).trim()).not.toBe('');
      }
    }),
  );
});
