import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, rowsOf } from '../../test/rows';
import { toBinary } from '../classes/binarise';
import { joinVotes } from '../classes/votes';
import { InputError } from '../input_error';
import { Tally } from '../tally';
import { type FeedbackOptions, readFeedback } from './feedback_file';
import { streamFeedback } from './feedback_stream';

const text = fc.oneof(
  fc.constantFrom('', ' ', 'a', 'b', '\u0000', '\ud83d', 'e\u0301', 'é', '\u202e', '\ufeff', '__proto__'),
  fc.string({ unit: 'binary' }),
  fc.constant('giant '.repeat(10_000)),
);
const odd = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, 1n, 2n ** 70n, new Date(), new Date('x')),
  fc.jsonValue({ maxDepth: 2 }),
);
const rarely = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ arbitrary: usual as fc.Arbitrary<unknown>, weight: 120 }, odd);
const thumb = rarely(fc.constantFrom<unknown>(true, false, 1, 0, 1n, 'up', 'down', 'TRUE', '0'));
const number = rarely(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom<unknown>('2', 1e308, -1e308, 3n, '')));
const said = (...roles: string[]) => fc.record({ role: fc.constantFrom(...roles), content: text });
const turn = rarely(
  fc.oneof(
    said('user', 'user', 'assistant', 'system'),
    fc.record({ role: fc.constant('assistant'), content: text, rating: fc.option(thumb) }),
  ),
);
const turns = fc.array(turn, { maxLength: 4 });
const endingIn = (role: string) => fc.tuple(turns, rarely(said(role))).map(([before, last]) => [...before, last]);
const prompt = rarely(fc.oneof({ arbitrary: text as fc.Arbitrary<unknown>, weight: 4 }, endingIn('user')));
const response = rarely(fc.oneof({ arbitrary: text as fc.Arbitrary<unknown>, weight: 8 }, endingIn('assistant')));
const list = rarely(fc.array(rarely(text), { maxLength: 4 }));
const numbers = rarely(fc.array(number, { maxLength: 4 }));

/** Rows of one format each time, more or less; `__proto__` as a field of its own too. */
const formats: fc.Arbitrary<unknown>[] = [
  fc.record({ prompt, response, desirable: thumb, when: number, who: text }),
  fc.record({ question: prompt, answer: response, label: thumb }),
  fc.record({ prompt, chosen: response, rejected: response, margin: number }, { requiredKeys: ['chosen', 'rejected'] }),
  fc.record({ prompt, output_A: response, output_B: response, label: thumb }),
  fc.record({ prompt, response, score: number }),
  fc.record({ prompt, responses: list, scores: numbers }),
  fc.record({ prompt, rated: fc.array(fc.tuple(text, fc.integer({ max: 3, min: 0 }))) }).map(({ prompt, rated }) => ({
    ...{ prompt, responses: rated.map(([text]) => text), scores: rated.map(([, score]) => score) },
  })),
  fc.record({ prompt, response, rank: number }),
  fc.record({ prompt, responses: list, ranks: numbers }, { requiredKeys: ['prompt', 'responses'] }),
  fc.record({ messages: rarely(turns) }),
];
const file = fc
  .constantFrom(...formats)
  .chain((row) =>
    fc.array(fc.oneof({ arbitrary: row, weight: 150 }, fc.oneof(...formats), odd), { minLength: 1, maxLength: 6 }),
  );
const options: fc.Arbitrary<FeedbackOptions> = fc.record(
  {
    columns: fc.constantFrom(
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      { time: 'when' },
      { user: 'who', time: 'when' },
      { prompt: 'question' },
    ),
    rated: fc.constantFrom<FeedbackOptions['rated']>(
      { as: 'pairs', pairs: 'adjacent' },
      { as: 'pairs', pairs: 'all', margin: 1 },
      { as: 'thumbs', threshold: 'median', atThreshold: 'drop' },
      { as: 'thumbs', threshold: 'mean' },
      { as: 'thumbs', threshold: 2 },
    ),
  },
  { requiredKeys: ['rated'] },
);

const seen = { read: 0, refused: 0 };

test('any rows are feedback, counted drops, or an InputError with its place', async () => {
  await fc.assert(
    fc.asyncProperty(file, options, async (values, options) => {
      const tally = new Tally();
      const result = await readFeedback(rowsOf(values), tally, options).catch((error: Error) => error);
      if (result instanceof Error) {
        seen.refused += 1;
        if (!(result instanceof InputError)) throw result;
        expect(result.message).toMatch(/^f\.jsonl: (line \d+: |no row has the field)/);
        expect(result.message.length).toBeLessThan(600);
        return;
      }
      seen.read += 1;
      const counts = tally.counts();
      expect([counts.read, accounted(counts)]).toEqual([values.length, values.length]);
      for (const example of result.examples) {
        expect(example.prompt.at(-1)?.role).toBe('user');
        const texts = 'response' in example ? [example.response] : [example.chosen, example.rejected];
        expect(texts.every((text) => typeof text === 'string' && text.trim() !== '')).toBe(true);
        if ('desirable' in example) expect(typeof example.desirable).toBe('boolean');
        else if (example.margin !== undefined) expect(Number.isFinite(example.margin)).toBe(true);
        expect(example.line).toBeLessThanOrEqual(values.length);
        if (example.time !== undefined) expect(Number.isFinite(example.time)).toBe(true);
      }
      // A pair has the line of its chosen response; the rejected one's row counts as kept too.
      const lines = new Set(result.examples.map(({ line }) => line));
      expect(lines.size).toBeLessThanOrEqual(counts.kept);
      const votes = new Tally();
      const examples = toBinary(result);
      joinVotes(examples, votes);
      expect(accounted(votes.counts())).toBe(examples.length);
    }),
    { numRuns: 1500 },
  );
  // Were all rows refused, the rest would hold of nothing.
  expect(seen.read).toBeGreaterThan(400);
  expect(seen.refused).toBeGreaterThan(300);
});

test('the stream gives what the whole file does', async () => {
  const unrated = fc
    .constantFrom(...formats.slice(0, 4), ...formats.slice(-1))
    .chain((row) => fc.array(row, { minLength: 1, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(unrated, async (values) => {
      const [whole, streamed] = [new Tally(), new Tally()];
      const records: unknown[] = [];
      const stream = async () => {
        for await (const { example } of streamFeedback(rowsOf(values), streamed)) records.push(example);
        return records;
      };
      const outcome = (run: Promise<unknown>) => run.catch((error: Error) => error.message);
      const read = await outcome(readFeedback(rowsOf(values), whole).then(({ examples }) => examples));
      expect(await outcome(stream())).toEqual(read);
      expect(streamed.counts()).toEqual(whole.counts());
      if (!Array.isArray(read)) return;
      // Every row that counts as kept is in an example.
      expect(new Set(read.map(({ line }) => line)).size).toBe(whole.counts().kept);
    }),
    { numRuns: 300 },
  );
});
