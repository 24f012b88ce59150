import { tulu } from '@halokit/data';
import type { GeneratedToken } from '@halokit/models';
import { expect, test } from 'vitest';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { type Answer, ChatLoop } from './chat_loop';
import { Conversation } from './conversation';

const { tokenizer } = learnTokenizer(
  [{ prompt: [{ role: 'user', content: 'a b' }], response: 'c', source: 'here', line: 1 }],
  280,
);

/** A chat whose answers are these tokens; what was written and noted, and the prompts that the model read. */
function chat(lines: readonly string[], tokens: readonly Partial<GeneratedToken>[] = [{ text: 'fine', end: 'eos' }]) {
  const [written, noted, read]: [string[], string[], string[]] = [[], [], []];
  let prompts = 0;
  const answer: Answer = async function* (ids, turn, signal) {
    read.push(`${turn}: ${tokenizer.decode(ids, { special: true })}`);
    for (const token of tokens) {
      yield { row: 0, id: 1, text: '', ...token };
      signal.throwIfAborted();
    }
  };
  const conversation = new Conversation({ tokenizer, format: tulu, context: 100, maxNewTokens: 9 });
  const loop: ChatLoop = new ChatLoop(conversation, answer, {
    lines: (async function* () {
      yield* lines;
    })(),
    prompt: () => prompts++,
    write: (text) => {
      written.push(text);
      if (text === 'STOP') loop.interrupt();
    },
    note: (text) => noted.push(text),
  });
  return { loop, written, noted, read, prompts: () => prompts };
}

const turn = (question: string, before = '') => `${before}\n<|user|>\n${question}\n<|assistant|>\n`;

test('every line is answered, and the conversation goes on', async () => {
  const { loop, written, noted, read, prompts } = chat(['one', '', '  two ']);
  await loop.run();
  expect(written.join('')).toBe('fine\nfine\n');
  expect(read).toEqual([`0: ${turn('one')}`, `1: ${turn('two', `${turn('one')}fine`)}`]);
  expect(noted).toEqual([]);
  expect(prompts()).toBe(4);
});

test('commands: a new conversation, help, an end, and what is none', async () => {
  const { loop, noted, read } = chat(['one', '/reset', 'two', '/help', '/rest\u001b[2J', '/exit', 'three']);
  await loop.run();
  expect(read).toEqual([`0: ${turn('one')}`, `1: ${turn('two')}`]);
  expect(noted[0]).toBe('A new conversation.');
  expect(noted[1]).toContain('/reset   begins a new conversation');
  expect(noted[2]).toBe('There is no /rest\u241b[2J. There are: /reset, /help, /exit.');
  expect(noted).toHaveLength(3);
});

test('control characters of the model are shown, not sent', async () => {
  const { loop, written } = chat(['one'], [{ text: 'a\u001b[31m\tb\n' }, { text: 'c', end: 'eos' }]);
  await loop.run();
  expect(written.join('')).toBe('a\u241b[31m\tb\nc\n');
});

test('an answer that is stopped stays as far as it came; one that had not begun was never asked', async () => {
  const { loop, written, noted, read } = chat(['one', 'two'], [{ text: 'half' }, { text: 'STOP' }, { text: 'more' }]);
  await loop.run();
  expect(written.join('')).toBe('halfSTOP\nhalfSTOP\n');
  expect(noted).toEqual(['stopped', 'stopped']);
  expect(read[1]).toBe(`1: ${turn('two', `${turn('one')}halfSTOP`)}`);
  const silent = chat(['one', 'two'], [{ text: '', end: 'eos' }]);
  await silent.loop.run();
  expect(silent.read[1]).toBe(`1: ${turn('two')}`);
});

test('an interrupt counts once, and only while an answer is under way', async () => {
  const counted: boolean[] = [];
  const { loop } = chat(['one']);
  expect(loop.interrupt()).toBe(false);
  const answer: Answer = async function* (_, __, signal) {
    counted.push(loopInside.interrupt(), loopInside.interrupt());
    signal.throwIfAborted();
    yield { row: 0, id: 1, text: 'never' };
  };
  const conversation = new Conversation({ tokenizer, format: tulu, context: 100, maxNewTokens: 9 });
  const io = { prompt() {}, write() {}, note() {} };
  const loopInside: ChatLoop = new ChatLoop(conversation, answer, {
    ...io,
    lines: (async function* () {
      yield 'one';
    })(),
  });
  await loopInside.run();
  expect(counted).toEqual([true, false]);
});

test('an answer that was cut says why', async () => {
  const { loop, noted } = chat(['one'], [{ text: 'long', end: 'length' }]);
  await loop.run();
  expect(noted).toEqual(['cut: it is as long as --max-new-tokens lets it be']);
});

test('a question without room is said and not kept; what breaks is thrown', async () => {
  const conversation = new Conversation({ tokenizer, format: tulu, context: 4, maxNewTokens: 1 });
  const noted: string[] = [];
  const io = { prompt() {}, write() {}, note: (text: string) => noted.push(text) };
  const lines = async function* () {
    yield 'one';
  };
  const none: Answer = () => {
    throw new Error('broken');
  };
  await new ChatLoop(conversation, none, { ...io, lines: lines() }).run();
  expect(noted).toEqual(['There is no room for this in a context of 4 tokens.']);
  const roomy = new Conversation({ tokenizer, format: tulu, context: 100, maxNewTokens: 9 });
  await expect(new ChatLoop(roomy, none, { ...io, lines: lines() }).run()).rejects.toThrow('broken');
});
