import { Template } from '@huggingface/jinja';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as templates from '../../test/chat_templates';
import { realData, withoutRealData } from '../../test/real_data';
import type { Preference, Prompt } from '../feedback';
import { loadTokenizer, readRows } from '../node';
import { hhPreferences } from '../sets/hh';
import { Tally } from '../tally';
import { type ChatFormat, endOfResponse, tulu } from './chat_format';
import { chatTemplate } from './chat_template';
import { archangelControlTokens as controlTokens } from './control_tokens';
import { tokenizeBinary, tokenizeDemonstrations, tokenizePreferences } from './tokenize';
import { tokenizePrompt } from './tokenize_prompt';
import { createTokenizer, type TextTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const json = trainTokenizer(['the cat sat on the mat'], 320, [...templates.templateTokens, '<|good|>', '<|bad|>']);
const tokens = { bos_token: '<s>', eos_token: '</s>' };
const plain = createTokenizer(json, tokens);
const begun = createTokenizer(json, { ...tokens, add_bos_token: true });
const bos = 0;

const origin = { source: 'f.jsonl', line: 4 };
const user = (content: string): Prompt => [{ role: 'user', content }];
const limits = { maxLength: 110, maxPromptLength: 80, longPrompts: 'drop' } as const;
const withTemplate = (template: string, tokenizer: TextTokenizer) =>
  chatTemplate({ ...tokens, chat_template: template }, tokenizer);
const count = (ids: ArrayLike<number>, id: number) => Array.from(ids).filter((other) => other === id).length;

/** What the format, or the template itself, makes of a conversation up to and with its end. */
function wholeText(template: string | undefined, turns: Prompt, response: string, end: string): string {
  if (template === undefined)
    return `${turns.map((turn) => `\n<|${turn.role}|>\n${turn.content}`).join('')}\n<|assistant|>\n${response}${end}`;
  const messages = [...turns, { role: 'assistant', content: response }];
  const text = new Template(template).render({ messages, add_generation_prompt: false, ...tokens });
  return text.slice(0, text.lastIndexOf(end) + end.length);
}

const piece = fc.constantFrom('the cat', ' ', '\n', 'sat', '<s>', '</s>', '<|im_end|>', '🐈', 'é', 'x'.repeat(15));
const written = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
const responses = fc.oneof(
  written,
  written.map((text) => text + 'y'.repeat(100)),
);
/** The user's turns and the assistant's by turns, as every template takes them. */
const conversation = fc
  .array(written, { minLength: 1, maxLength: 5 })
  .filter((texts) => texts.length % 2 === 1)
  .map((texts): Prompt => texts.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })));

describe.each<[string, string | undefined, TextTokenizer, end: string, beginnings: number]>([
  ['tulu', undefined, plain, '</s>', 0],
  ['tulu, of a tokenizer that asks for a beginning', undefined, begun, '</s>', 1],
  ['ChatML', templates.chatml, plain, '<|im_end|>', 0],
  [
    'ChatML, of a tokenizer that asks for a beginning its template does not write',
    templates.chatml,
    begun,
    '<|im_end|>',
    0,
  ],
  ['Llama 3', templates.llama3, plain, '<|eot_id|>', 1],
  ['Llama 3, of a tokenizer that asks for a beginning too', templates.llama3, begun, '<|eot_id|>', 1],
  ['Gemma', templates.gemma, begun, '<end_of_turn>', 1],
  ['Zephyr', templates.zephyr, plain, '</s>', 0],
])('%s', (_, template, tokenizer, end, beginnings) => {
  const format: ChatFormat = template === undefined ? tulu : withTemplate(template, tokenizer);
  const options = { tokenizer, format, ...limits };
  const endId = endOfResponse(format, tokenizer);
  const text = (ids: ArrayLike<number>) => tokenizer.decode(ids, { special: true });

  test('one beginning at most, one end on finished responses, none on cut ones, and the text itself', () => {
    let [finished, cut] = [0, 0];
    fc.assert(
      fc.property(conversation, responses, (prompt, response) => {
        const tally = new Tally();
        const [row] = tokenizeDemonstrations([{ prompt, response, ...origin }], options, tally);
        const { kept, dropped, repaired } = tally.counts();
        expect(Object.keys(dropped)).toHaveLength(1 - kept);
        if (!row) return;
        expect(row.response.length).toBeGreaterThan(0);
        expect(row.prompt.length).toBeLessThanOrEqual(80);
        expect(row.prompt.length + row.response.length).toBeLessThanOrEqual(110);
        expect([count(row.prompt, bos), count(row.response, bos)]).toEqual([beginnings, 0]);
        if (beginnings > 0) expect(row.prompt[0]).toBe(bos);
        if ('response too long: end cut, no end token' in repaired) {
          cut += 1;
          expect(count(row.response, endId)).toBe(0);
          return;
        }
        finished += 1;
        expect(row.response.indexOf(endId)).toBe(row.response.length - 1);
        if ('prompt too long: first turns cut' in repaired) return;
        const whole = wholeText(template, prompt, response, end);
        const beginning = template === undefined && beginnings > 0 ? '<s>' : '';
        expect(text([...row.prompt, ...row.response])).toBe(beginning + whole);
        const sampling = tokenizePrompt(prompt, options)?.ids;
        expect(row.prompt).toEqual(sampling);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(finished, cut)).toBeGreaterThan(5);
  });

  test('control tokens end the prompt, in training and sampling', () => {
    const pair = { prompt: user('the cat'), chosen: 'sat', rejected: 'mat', ...origin };
    const examples = [
      { prompt: pair.prompt, response: 'sat', desirable: true, ...origin },
      { prompt: pair.prompt, response: 'mat', desirable: false, ...origin },
    ];
    const bare = tokenizeBinary(examples, options, new Tally());
    const rows = tokenizeBinary(examples, { ...options, controlTokens }, new Tally());
    rows.forEach(({ prompt, response, desirable }, i) => {
      const token = desirable ? controlTokens.desirable : controlTokens.undesirable;
      expect(text(prompt)).toBe(`${text(bare[i]?.prompt ?? [])}${token}`);
      expect(response).toEqual(bare[i]?.response);
      expect(prompt).toEqual(tokenizePrompt(pair.prompt, { ...options, controlToken: token })?.ids);
    });
    expect(rows).toHaveLength(2);
  });
});

test('Llama 2 has a beginning before each of the user’s turns, as its template writes them', () => {
  const format = withTemplate(templates.llama2, begun);
  const prompt: Prompt = [...user('A?'), { role: 'assistant', content: 'B.' }, ...user('C?')];
  const [row] = tokenizeDemonstrations(
    [{ prompt, response: 'D!', ...origin }],
    { tokenizer: begun, format, ...limits },
    new Tally(),
  );
  expect(count(row?.prompt ?? [], bos)).toBe(2);
  expect(begun.decode(row?.response ?? [], { special: true })).toBe(' D! </s>');
});

test('what a template trims is counted, and a response of nothing else dropped', () => {
  const format = withTemplate(templates.llama3, plain);
  const tally = new Tally();
  const examples = [' sat ', 'sat', '\n \n'].map((response) => ({ prompt: user('the cat\n'), response, ...origin }));
  const rows = tokenizeDemonstrations(examples, { tokenizer: plain, format, ...limits }, tally);
  expect(rows.map(({ response }) => plain.decode(response))).toEqual(['sat', 'sat']);
  const llama2 = { tokenizer: plain, format: withTemplate(templates.llama2, plain), ...limits };
  expect(tokenizeDemonstrations(examples, llama2, new Tally())).toHaveLength(2);
  expect(tally.counts()).toMatchObject({
    dropped: { 'empty response': 1 },
    repaired: {
      'white space around a prompt trimmed by the chat template': 2,
      'white space around a response trimmed by the chat template': 1,
    },
  });
});

describe('turns that a template refuses', () => {
  const options = { tokenizer: begun, format: withTemplate(templates.gemma, begun), ...limits };
  const system: Prompt = [{ role: 'system', content: 'S' }, ...user('A?')];
  const examples = [system, user('A?')].map((prompt) => ({ prompt, response: 'B.', ...origin }));

  test('are an error with its place', () => {
    expect(() => tokenizeDemonstrations(examples, options, new Tally())).toThrow(
      'f.jsonl: line 4: the chat template refuses these turns: System role not supported. Change them, drop such rows',
    );
  });

  test('or dropped and counted', () => {
    const tally = new Tally();
    expect(tokenizeDemonstrations(examples, { ...options, unfitTurns: 'drop' }, tally)).toHaveLength(1);
    expect(tally.counts()).toMatchObject({
      dropped: { 'the chat template refuses these turns: System role not supported': 1 },
    });
  });

  test('once the first are cut, lose another', () => {
    const turns: Prompt = [...user('x'.repeat(80)), { role: 'assistant', content: 'B.' }, ...user('C?')];
    const { ids, repairs } = tokenizePrompt(turns, options) ?? { ids: [], repairs: [] };
    expect(begun.decode(ids, { special: true })).toBe(
      '<s><start_of_turn>user\nC?<end_of_turn>\n<start_of_turn>model\n',
    );
    expect(repairs).toEqual(['prompt too long: first turns cut']);
  });
});

describe.skipIf(withoutRealData)('the GPT-NeoX tokenizer on all real rows (needs HALOKIT_TEST_DATA)', () => {
  let tokenizer: TextTokenizer;
  const preferences: Preference[] = [];
  beforeAll(async () => {
    ({ tokenizer } = await loadTokenizer(realData('tokenizers/gpt-neox-20b')));
    const rows = readRows(realData('hh-rlhf/harmless-base-test.jsonl.gz'));
    for await (const preference of hhPreferences(rows, new Tally())) preferences.push(preference);
    // Every message of OASST is the user's, then one of two responses: what is said matters here, not to whom.
    const texts: string[] = [];
    for await (const { value } of readRows(realData('oasst1/en-validation.messages.jsonl.gz'))) {
      texts.push((value as { text: string }).text);
    }
    texts.forEach((text, line) => {
      const [chosen, rejected] = [1, 2].map((next) => texts[(line + next) % texts.length]) as [string, string];
      preferences.push({ prompt: user(text), chosen, rejected, source: 'oasst', line });
    });
  });

  test.each([
    ['tulu', undefined, '<|endoftext|>'],
    ['ChatML', templates.chatml, '<|im_end|>'],
  ])('%s: decoding what is trained on gives the text back, byte for byte', (_, template, end) => {
    const config = { eos_token: '<|endoftext|>', chat_template: template };
    const format = template === undefined ? tulu : chatTemplate(config, tokenizer);
    const options = { tokenizer, format, maxLength: 8192, maxPromptLength: 4096 };
    const tally = new Tally();
    const rows = tokenizePreferences(preferences, options, tally);
    expect(rows.length).toBe(preferences.length);
    expect(Object.keys(tally.counts().repaired).filter((reason) => !reason.includes('special token'))).toEqual([]);
    const text = (...parts: Int32Array[]) =>
      tokenizer.decode(
        parts.flatMap((ids) => [...ids]),
        { special: true },
      );
    rows.forEach((row, i) => {
      const { prompt, chosen, rejected } = preferences[i] as Preference;
      const [w, l] = [chosen, rejected].map((response) => response.normalize('NFC')) as [string, string];
      const turns = prompt.map((turn) => ({ ...turn, content: turn.content.normalize('NFC') }));
      expect(text(row.prompt, row.chosen)).toBe(wholeText(template, turns, w, end));
      expect(text(row.chosen)).toBe(`${w}${end}`);
      expect(text(row.rejected)).toBe(`${l}${end}`);
    });
  });
});
