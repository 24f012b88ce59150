import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Binary, Prompt } from '../feedback';
import { Tally } from '../tally';
import { tulu } from './chat_format';
import { archangelControlTokens as controlTokens } from './control_tokens';
import { tokenizeBinary } from './tokenize';
import type { BinaryOptions } from './tokenize_kinds';
import { tokenizePrompt } from './tokenize_prompt';
import { createTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const texts = ['the cat sat on the mat, the cat'];
const special = ['<|endoftext|>', '<|user|>', '<|assistant|>'];
const plain = createTokenizer(trainTokenizer(texts, 280, special));
const knowing = createTokenizer(trainTokenizer(texts, 280, [...special, '<|good|>', '<|bad|>']));
const [good, bad] = [3, 4];

const user = (content: string): Prompt => [{ role: 'user', content }];
const thumb = (prompt: Prompt, desirable: boolean, response = 'sat'): Binary => ({
  ...{ prompt, response, desirable },
  ...{ source: 'f.jsonl', line: 4 },
});

const options = { tokenizer: knowing, format: tulu, maxLength: 60, maxPromptLength: 40, controlTokens };

function tokenize(examples: readonly Binary[], more: Partial<BinaryOptions> = {}) {
  const tally = new Tally();
  return { rows: tokenizeBinary(examples, { ...options, ...more }, tally), ...tally.counts() };
}

describe.each([
  ['one token each', knowing],
  ['ordinary pieces', plain],
])('control tokens that are %s', (_, tokenizer) => {
  const text = (ids?: Int32Array) => tokenizer.decode(ids ?? [], { special: true });

  test('end the prompt, by the example’s class, and change nothing else', () => {
    const examples = [thumb(user('the cat'), true), thumb(user('the cat'), false)];
    const { rows, repaired } = tokenize(examples, { tokenizer });
    expect(rows.map((row) => text(row.prompt))).toEqual([
      '\n<|user|>\nthe cat\n<|assistant|>\n<|good|>',
      '\n<|user|>\nthe cat\n<|assistant|>\n<|bad|>',
    ]);
    const without = tokenize(examples, { tokenizer, controlTokens: undefined }).rows;
    rows.forEach(({ prompt, response, desirable }, i) => {
      const bare = without[i]?.prompt as Int32Array;
      expect([...prompt.subarray(0, bare.length)]).toEqual([...bare]);
      expect([response, desirable]).toEqual([without[i]?.response, examples[i]?.desirable]);
    });
    expect(repaired).toEqual({});
  });

  test('stand there once, however often a prompt comes, and the examples stay as they were', () => {
    const prompt = user('the cat');
    const examples = [true, false, true, true, false].map((desirable) => thumb(prompt, desirable));
    const before = structuredClone(examples);
    for (const { rows } of [tokenize(examples, { tokenizer }), tokenize(examples, { tokenizer })]) {
      rows.forEach((row) => {
        const token = row.desirable ? '<|good|>' : '<|bad|>';
        expect(text(row.prompt)).toBe(`\n<|user|>\nthe cat\n<|assistant|>\n${token}`);
      });
      expect(rows[2]?.prompt).toBe(rows[0]?.prompt);
    }
    expect(examples).toEqual(before);
  });

  test('are what sampling puts there', () => {
    const { rows } = tokenize([thumb(user('the cat'), true)], { tokenizer });
    const sampling = { ...options, tokenizer, controlToken: controlTokens.desirable };
    expect(tokenizePrompt(user('the cat'), sampling)?.ids).toEqual(rows[0]?.prompt);
    expect(text(tokenizePrompt(user('the cat'), { ...options, tokenizer })?.ids)).toMatch(/<\|assistant\|>\n$/);
  });

  test('count, and stay when the prompt is cut', () => {
    const turn = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.constantFrom('the cat', 'x'.repeat(5), 'sat on', '<|good|>', 'x'.repeat(30)),
    });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), fc.boolean(), (prompt, desirable) => {
        const { rows, dropped } = tokenize([thumb(prompt, desirable, 'z'.repeat(40))], {
          tokenizer,
          longPrompts: 'drop',
        });
        const [row] = rows;
        expect(Object.values(dropped)).toEqual(row ? [] : [1]);
        if (!row) return;
        expect(text(row.prompt).endsWith(`<|assistant|>\n${desirable ? '<|good|>' : '<|bad|>'}`)).toBe(true);
        expect(row.prompt.length).toBeLessThanOrEqual(40);
        expect(row.prompt.length + row.response.length).toBeLessThanOrEqual(60);
      }),
    );
  });
});

test('a prompt that fits only without its control token loses a turn', () => {
  const prompt: Prompt = [...user('the cat'), { role: 'assistant', content: 'sat' }, ...user('on the mat')];
  const bare = tokenizePrompt(prompt, { ...options, maxPromptLength: 50 })?.ids.length as number;
  const tight = { maxPromptLength: bare };
  expect(tokenize([thumb(prompt, true)], { ...tight, controlTokens: undefined }).repaired).toEqual({});
  const { rows, repaired } = tokenize([thumb(prompt, true)], tight);
  expect(repaired).toEqual({ 'prompt too long: first turns cut': 1 });
  expect(rows[0]?.prompt.at(-1)).toBe(good);
});

test('a name that the tokenizer knows is one token; spelled out where somebody wrote it', () => {
  const { rows, repaired } = tokenize([thumb(user('say <|good|>'), false)]);
  const ids = [...(rows[0]?.prompt ?? [])];
  expect([ids.filter((id) => id === good).length, ids.filter((id) => id === bad).length]).toEqual([0, 1]);
  expect(ids.at(-1)).toBe(bad);
  expect(repaired).toEqual({ 'special token in a prompt spelled out': 1 });
});

test('texts that do not tell the classes apart are refused', () => {
  expect(() => tokenize([], { controlTokens: { desirable: '<|good|>', undesirable: '' } })).toThrow(
    'controlTokens are "<|good|>" and ""',
  );
  expect(() => tokenize([], { controlTokens: { desirable: 'x', undesirable: 'x' } })).toThrow('each must be a text');
});
