import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { realData, withoutRealData } from '../../test/real_data';
import { toBinary } from '../classes/binarise';
import type { Preference, Prompt } from '../feedback';
import { loadTokenizer, readRows } from '../node';
import { hhPreferences } from '../sets/hh';
import { Tally } from '../tally';
import { tulu } from './chat_format';
import { tokenizeBinary, tokenizeDemonstrations } from './tokenize';
import { tokenizePrompt } from './tokenize_prompt';
import { createTokenizer, type TextTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const special = ['<|endoftext|>', '<|user|>', '<|assistant|>'];
const tokenizer = createTokenizer(trainTokenizer(['the cat sat on the mat, the cat'], 280, special));
const origin = { source: 'f.jsonl', line: 4 };
const user = (content: string): Prompt => [{ role: 'user', content }];
const options = { tokenizer, format: tulu, maxLength: 60, maxPromptLength: 40 };

function demonstrate(prompt: Prompt, response: string, more = {}) {
  const tally = new Tally();
  const rows = tokenizeDemonstrations([{ prompt, response, ...origin }], { ...options, ...more }, tally);
  return { row: rows[0], ...tally.counts() };
}

test('prompt and response meet where the format says, with one end token', () => {
  const { row } = demonstrate(user('the cat'), 'sat on');
  expect(tokenizer.decode(row?.prompt ?? [], { special: true })).toBe('\n<|user|>\nthe cat\n<|assistant|>\n');
  expect(tokenizer.decode(row?.response ?? [], { special: true })).toBe('sat on<|endoftext|>');
});

test('a special name that somebody wrote is spelled out, not obeyed', () => {
  const { row, repaired } = demonstrate(user('say <|endoftext|>'), 'no <|endoftext|> <|user|>');
  expect([...(row?.response ?? [])].filter((id) => id < 3)).toEqual([0]);
  expect(row?.response.at(-1)).toBe(0);
  expect([...(row?.prompt ?? [])].filter((id) => id < 3)).toEqual([1, 2]);
  expect(tokenizer.decode(row?.response.slice(0, -1) ?? [], { special: true })).toBe('no <|endoftext|> <|user|>');
  expect(repaired).toEqual({
    'special token in a prompt spelled out': 1,
    'special token in a response spelled out': 1,
  });
});

test('half a character that somebody cut is replaced, and counted', () => {
  const { row, repaired } = demonstrate(user('cat \ud83d'), 'sat \udc08 🐈');
  expect(tokenizer.decode(row?.prompt ?? [])).toContain('cat \ufffd');
  expect(tokenizer.decode(row?.response ?? [])).toBe('sat \ufffd 🐈');
  expect(repaired).toEqual({
    'half a character in a prompt replaced': 1,
    'half a character in a response replaced': 1,
  });
});

test('a prompt too long loses first turns, whole, and is counted', () => {
  const turns: Prompt = [...user('x'.repeat(50)), { role: 'assistant', content: 'y' }, ...user('the cat')];
  const { row, repaired } = demonstrate(turns, 'sat');
  expect(tokenizer.decode(row?.prompt ?? [], { special: true })).toMatch(/^\n<\|assistant\|>\ny\n<\|user\|>\nthe cat/);
  expect(repaired).toEqual({ 'prompt too long: first turns cut': 1 });
});

test('a last turn too long is an error with its place, or a counted drop', () => {
  const long = user('x'.repeat(50));
  expect(() => demonstrate(long, 'a')).toThrow(
    "f.jsonl: line 4: the prompt's last turn alone is longer than maxPromptLength (40",
  );
  expect(Object.values(demonstrate(long, 'a', { longPrompts: 'drop' }).dropped)).toEqual([1]);
});

test('a response too long is cut and has no end token', () => {
  const { row, repaired } = demonstrate(user('a'), 'z'.repeat(100));
  expect((row?.prompt.length ?? 0) + (row?.response.length ?? 0)).toBe(60);
  expect([...(row?.response ?? [])]).not.toContain(0);
  expect(repaired).toEqual({ 'response too long: end cut, no end token': 1 });
});

test('an empty response never comes out', () => {
  expect(demonstrate(user('a'), '').dropped).toEqual({ 'empty response': 1 });
});

test('whatever is written: within the limits, one end at most, the text itself, and every row accounted for', () => {
  const piece = fc.constantFrom('the cat', ' ', '\n', 'sat', ...special, '🐈', 'é', '\ud83d', 'x'.repeat(30));
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const role = fc.constantFrom('system' as const, 'user' as const, 'assistant' as const);
  const turns = fc.array(fc.record({ role, content: text }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(turns, text, (prompt, response) => {
      const { row, read, kept, dropped, repaired } = demonstrate(prompt, response, { longPrompts: 'drop' });
      expect(read).toBe(1);
      expect(Object.keys(dropped).length).toBe(1 - kept);
      if (!row) return;
      expect(row.prompt.length).toBeLessThanOrEqual(40);
      expect(row.prompt.length + row.response.length).toBeLessThanOrEqual(60);
      expect(row.response.length).toBeGreaterThan(0);
      const cut = 'response too long: end cut, no end token' in repaired;
      expect([...row.response].indexOf(0)).toBe(cut ? -1 : row.response.length - 1);
      const back = tokenizer.decode(row.response);
      const written = response.replaceAll(/\p{Surrogate}/gu, '\ufffd');
      // Cut between the bytes of a character, the last one decodes to U+FFFD.
      if (cut) expect(written.startsWith(back.replace(/\ufffd+$/, ''))).toBe(true);
      else expect(back).toBe(written);
    }),
  );
});

test('limits that leave no room are refused', () => {
  expect(() => demonstrate(user('a'), 'b', { maxPromptLength: 60 })).toThrow('maxPromptLength (60) leaves no room');
});

test('the two examples of a pair share their prompt’s tokens', () => {
  const pair = { prompt: user('the cat'), chosen: 'sat', rejected: 'on', ...origin };
  const [good, bad] = tokenizeBinary(toBinary({ kind: 'preferences', examples: [pair] }), options, new Tally());
  expect(bad?.prompt).toBe(good?.prompt);
});

test('a tokenizer that asks for a beginning gets one', () => {
  const json = trainTokenizer(['abc'], 262, ['<s>', '</s>']);
  const begun = createTokenizer(json, { bos_token: '<s>', eos_token: '</s>', add_bos_token: true });
  const { ids } = tokenizePrompt(user('abc <s>'), { ...options, tokenizer: begun }) ?? { ids: [] };
  expect([...ids].filter((id) => id === 0)).toEqual([0]);
  expect(ids[0]).toBe(0);
});

describe.skipIf(withoutRealData)('the GPT-NeoX tokenizer on all real rows (needs HALOKIT_TEST_DATA)', () => {
  let neox: TextTokenizer;
  const preferences: Preference[] = [];
  beforeAll(async () => {
    ({ tokenizer: neox } = await loadTokenizer(realData('tokenizers/gpt-neox-20b')));
    const rows = readRows(realData('hh-rlhf/harmless-base-test.jsonl.gz'));
    for await (const preference of hhPreferences(rows, new Tally())) preferences.push(preference);
  });

  test('at 512 tokens nothing is empty, ends are right, and all is counted', () => {
    const tally = new Tally();
    const binary = toBinary({ kind: 'preferences', examples: preferences });
    const settings = {
      tokenizer: neox,
      format: tulu,
      maxLength: 512,
      maxPromptLength: 256,
      longPrompts: 'drop',
    } as const;
    const rows = tokenizeBinary(binary, settings, tally);
    const { read, kept, repaired } = tally.counts();
    expect(read).toBe(binary.length);
    expect(kept).toBe(rows.length);
    const whole = rows.filter((row) => row.response.at(-1) === neox.eosId);
    expect(rows.length - whole.length).toBe(repaired['response too long: end cut, no end token'] ?? 0);
    for (const { prompt, response } of rows) {
      expect(response.length).toBeGreaterThan(0);
      expect(prompt.length).toBeLessThanOrEqual(256);
      expect(prompt.length + response.length).toBeLessThanOrEqual(512);
      expect([...response].filter((id) => id === neox.eosId).length).toBeLessThanOrEqual(1);
    }
  });
});
