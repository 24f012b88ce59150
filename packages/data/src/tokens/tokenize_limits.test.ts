import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatml } from '../../test/chat_templates';
import type { Prompt, Role } from '../feedback';
import { Tally } from '../tally';
import { tulu } from './chat_format';
import { chatTemplate } from './chat_template';
import { tokenizeDemonstrations } from './tokenize';
import type { TokenizeOptions } from './tokenize_options';
import { tokenizePrompt } from './tokenize_prompt';
import { createTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const special = ['<|endoftext|>', '<|user|>', '<|assistant|>', '<|system|>', '<|im_start|>', '<|im_end|>', '<|good|>'];
const tokenizer = createTokenizer(trainTokenizer(['the cat sat on the mat, the cat'], 290, special));
const format = chatTemplate({ chat_template: chatml }, tokenizer);
const options: TokenizeOptions = { tokenizer, format: tulu, maxLength: 60, maxPromptLength: 40 };

const turn = (role: Role, content: string) => ({ role, content });
const user = (content: string): Prompt => [turn('user', content)];

/** The prompt that is left, as text, and what was done to it. */
function cut(prompt: Prompt, more = {}) {
  const result = tokenizePrompt(prompt, { ...options, ...more });
  return result && [tokenizer.decode(result.ids, { special: true }), ...result.repairs];
}

const firstCut = 'prompt too long: first turns cut';
const systemCut = 'prompt too long: system turn cut';
const lastCut = "prompt too long: last turn's beginning cut";

describe('a leading system turn', () => {
  const exchange = [turn('user', 'x'.repeat(30)), turn('assistant', 'y')];

  test('stays while first turns go', () => {
    const prompt = [turn('system', 'S'), ...exchange, turn('user', 'the cat')];
    expect(cut(prompt)).toEqual(['\n<|system|>\nS\n<|assistant|>\ny\n<|user|>\nthe cat\n<|assistant|>\n', firstCut]);
  });

  test('goes before the last turn does', () => {
    const prompt = [turn('system', 'z'.repeat(30)), ...exchange, turn('user', 'the cat')];
    expect(cut(prompt)).toEqual(['\n<|user|>\nthe cat\n<|assistant|>\n', firstCut, systemCut]);
    expect(cut([turn('system', 'z'.repeat(40)), ...user('the cat')])).toEqual([
      '\n<|user|>\nthe cat\n<|assistant|>\n',
      systemCut,
    ]);
  });
});

describe('a last turn too long', () => {
  const long = user(`${'x'.repeat(50)} the cat`);

  test('keeps its end and its tags with longPrompts: cut', () => {
    expect(cut(long)).toBeUndefined();
    expect(cut(long, { longPrompts: 'cut', maxPromptLength: 10 })).toEqual([
      '\n<|user|>\nxx the cat\n<|assistant|>\n',
      lastCut,
    ]);
    expect(cut(long, { longPrompts: 'cut', maxPromptLength: 22, format })).toEqual([
      '<|im_start|>user\nx the cat<|im_end|>\n<|im_start|>assistant\n',
      lastCut,
    ]);
  });

  test('is not cut in the middle of a character', () => {
    for (let room = 10; room < 20; room++) {
      const [text] = cut(user('🐈'.repeat(20)), { longPrompts: 'cut', maxPromptLength: room }) ?? [];
      expect(text).toMatch(/^\n<\|user\|>\n(🐈)+\n<\|assistant\|>\n$/u);
    }
  });

  test('keeps its control token', () => {
    const more = { longPrompts: 'cut', maxPromptLength: 10, controlToken: '<|good|>' };
    expect(cut(long, more)?.[0]).toBe('\n<|user|>\nx the cat\n<|assistant|>\n<|good|>');
  });

  test('is dropped where the tags alone leave no room for it', () => {
    expect(cut(long, { longPrompts: 'cut', maxPromptLength: 6 })).toBeUndefined();
    const tally = new Tally();
    const examples = [{ prompt: long, response: 'sat', source: 'f.jsonl', line: 4 }];
    tokenizeDemonstrations(examples, { ...options, longPrompts: 'cut', maxPromptLength: 6 }, tally);
    expect(tally.counts().dropped).toEqual({
      "the prompt's last turn alone is longer than maxPromptLength (6 tokens)": 1,
    });
  });
});

describe('minResponseLength', () => {
  const examples = [{ prompt: user('x'.repeat(30)), response: 'z'.repeat(90), source: 'f.jsonl', line: 4 }];

  test('cuts prompts to leave a response so many tokens', () => {
    const tally = new Tally();
    const [row] = tokenizeDemonstrations(examples, { ...options, minResponseLength: 45, longPrompts: 'cut' }, tally);
    expect([row?.prompt.length, row?.response.length]).toEqual([15, 45]);
    expect(tally.counts().repaired).toEqual({ [lastCut]: 1, 'response too long: end cut, no end token': 1 });
  });

  test('is named where a prompt does not fit', () => {
    expect(() => tokenizeDemonstrations(examples, { ...options, minResponseLength: 45 }, new Tally())).toThrow(
      'longer than maxLength (60 tokens) less minResponseLength (45). Raise it, or set longPrompts to cut or drop.',
    );
  });

  test.each([0, 60, 1.5])('of %d is refused', (minResponseLength) => {
    expect(() => tokenizeDemonstrations([], { ...options, minResponseLength }, new Tally())).toThrow(
      `minResponseLength is ${minResponseLength}: it must be a whole number, at least 1 and less than maxLength (60).`,
    );
  });
});

test('whatever the limits: a part of the last turn, a response, and every row accounted for', () => {
  const piece = fc.constantFrom('the cat', ' ', 'sat', '<|im_end|>', '🐈', 'x'.repeat(30));
  const written = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
  const role = fc.constantFrom<Role>('system', 'user', 'assistant');
  const turns = fc.tuple(fc.array(fc.record({ role, content: written }), { maxLength: 3 }), written);
  const limits = fc.record({
    maxLength: fc.integer({ min: 30, max: 80 }),
    maxPromptLength: fc.integer({ min: 20, max: 29 }),
    minResponseLength: fc.integer({ min: 1, max: 29 }),
    longPrompts: fc.constantFrom('drop', 'cut'),
    format: fc.constantFrom(tulu, format),
  });
  fc.assert(
    fc.property(turns, written, limits, ([first, last], response, more) => {
      const tally = new Tally();
      const prompt = [...first, turn('user', last)];
      const example = { prompt, response, source: 'f.jsonl', line: 4 };
      const [row] = tokenizeDemonstrations([example], { ...options, ...more }, tally);
      const { read, kept, dropped } = tally.counts();
      expect([read, kept + Object.values(dropped).reduce((sum, rows) => sum + rows, 0)]).toEqual([1, 1]);
      if (!row) return;
      const { maxLength, maxPromptLength, minResponseLength } = more;
      const whole = tokenizer.encode(response).length;
      expect(row.prompt.length).toBeLessThanOrEqual(Math.min(maxPromptLength, maxLength - minResponseLength));
      expect(row.prompt.length + row.response.length).toBeLessThanOrEqual(maxLength);
      expect(row.response.length).toBeGreaterThanOrEqual(Math.min(minResponseLength, whole));
      const asked = more.format
        .prompt(user('§'))
        .map(({ text }) => text)
        .join('');
      const text = tokenizer.decode(row.prompt, { special: true });
      const [before, after] = asked.split('§') as [string, string];
      expect(text.endsWith(after)).toBe(true);
      const left = text.slice(text.lastIndexOf(before) + before.length, -after.length);
      expect(left).not.toBe('');
      expect(last.endsWith(left)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
