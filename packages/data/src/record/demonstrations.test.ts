import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, rowsOf } from '../../test/rows';
import type { Demonstration } from '../feedback';
import { InputError } from '../input_error';
import { Tally } from '../tally';
import type { Columns } from './columns';
import { streamDemonstrations } from './demonstrations';

async function read(values: readonly unknown[], columns: Columns = {}) {
  const tally = new Tally();
  const notes: string[] = [];
  const demonstrations: Demonstration[] = [];
  const options = { columns, onNote: (note: string) => notes.push(note) };
  for await (const one of streamDemonstrations(rowsOf(values), tally, options)) demonstrations.push(one);
  return { demonstrations, notes, counts: tally.counts() };
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

test('responses, judged or not', async () => {
  const { demonstrations, notes } = await read([
    { question: 'a', answer: 'b', score: 'none' },
    { question: 'c', answer: 'd', desirable: 7 },
  ]);
  expect(demonstrations).toEqual([
    { prompt: [user('a')], response: 'b', source: 'f.jsonl', line: 1 },
    { prompt: [user('c')], response: 'd', source: 'f.jsonl', line: 2 },
  ]);
  expect(notes[0]).toContain('takes "question" as prompt, "answer" as response');
});

test('the last of messages', async () => {
  const { demonstrations, counts } = await read([
    { messages: [user('a'), assistant('b'), user('c'), assistant('d')] },
    { messages: [assistant('Hello!')] },
    { messages: [user('a'), assistant(' ')] },
  ]);
  expect(demonstrations).toMatchObject([{ prompt: [user('a'), assistant('b'), user('c')], response: 'd' }]);
  expect(counts.dropped).toEqual({ 'the response does not follow the user’s turn': 1, 'empty response': 1 });
});

test.each([
  [[{ prompt: 'a', chosen: 'b', rejected: 'c' }], 'line 1: is { prompt, chosen, rejected }: demonstrations are'],
  [[{ prompt: 'a', response: 'b' }, { prompt: 'a' }], 'line 2: has no field "response"'],
  [[{ messages: [user('a')] }], 'line 1: field "messages" must be text or end with a turn of the assistant'],
  [[{ prompt: 'a', response: 'b' }, 7], 'line 2: is not a JSON object'],
  [[], 'holds no rows'],
])('%j is refused with its place', async (values, message) => {
  await expect(read(values)).rejects.toThrow(message);
});

test('any rows are demonstrations, counted drops, or an InputError', async () => {
  const row = fc.record({
    prompt: fc.string(),
    response: fc.oneof(fc.string(), fc.constant(' ')),
    label: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ arbitrary: row, weight: 9 }, fc.jsonValue()), { minLength: 1 }),
      async (values) => {
        try {
          const { demonstrations, counts } = await read(values);
          expect([counts.kept, accounted(counts)]).toEqual([demonstrations.length, values.length]);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      },
    ),
  );
});
