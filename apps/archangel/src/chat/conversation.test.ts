import { tulu } from '@halokit/data';
import { beforeEach, expect, test } from 'vitest';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { Conversation } from './conversation';

const { tokenizer } = learnTokenizer(
  [{ prompt: [{ role: 'user', content: 'Say one' }], response: 'It is one.', source: 'here', line: 1 }],
  280,
);
const text = (ids: Int32Array) => tokenizer.decode(ids, { special: true });
const options = { tokenizer, format: tulu, context: 120, maxNewTokens: 20 };

let conversation: Conversation;
beforeEach(() => {
  conversation = new Conversation({ ...options, system: 'Be kind.' });
});

const opening = '\n<|system|>\nBe kind.';

test('a prompt is all that was said, as training formats it, and asking alone changes nothing', () => {
  for (const question of ['Say two', 'Say one']) {
    expect(text(conversation.ask(question).ids)).toBe(`${opening}\n<|user|>\n${question}\n<|assistant|>\n`);
  }
  conversation.add('Say one', 'It is one.');
  const { ids, dropped } = conversation.ask('And now?');
  expect(text(ids)).toBe(
    `${opening}\n<|user|>\nSay one\n<|assistant|>\nIt is one.\n<|user|>\nAnd now?\n<|assistant|>\n`,
  );
  expect(dropped).toBeUndefined();
  conversation.reset();
  expect(text(conversation.ask('Say one').ids)).toBe(`${opening}\n<|user|>\nSay one\n<|assistant|>\n`);
});

test('a control token ends every prompt', () => {
  const asked = new Conversation({ ...options, controlToken: '<|good|>' }).ask('Say one');
  expect(text(asked.ids)).toBe('\n<|user|>\nSay one\n<|assistant|>\n<|good|>');
});

test('what no longer fits is left out from the beginning and said, with room left for an answer', () => {
  for (let i = 0; i < 6; i++) conversation.add(`question ${i}`, `answer ${i}`);
  const { ids, dropped } = conversation.ask('And now?');
  expect(ids.length).toBeLessThanOrEqual(options.context - options.maxNewTokens);
  expect(dropped).toMatch(/^the first \d+ turns of the conversation$/);
  // The system turn stays.
  expect(text(ids).startsWith(opening)).toBe(true);
  expect(text(ids)).not.toContain('question 0');
  const long = conversation.ask('word '.repeat(100));
  expect(long.ids.length).toBeLessThanOrEqual(options.context - options.maxNewTokens);
  expect(long.dropped).toContain('the beginning of what you wrote');
});

test('an answer ends at the end token, or where the other side would begin', () => {
  expect(conversation.ends).toEqual([tokenizer.eosId]);
  expect(conversation.stops).toEqual(['\n<|user|>\n']);
});

test('a context too small for the format is said', () => {
  const tiny = new Conversation({ ...options, context: 4 });
  expect(() => tiny.ask('Say one')).toThrow('no room for this in a context of 4 tokens');
});
