import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { llamaTokenizer } from '../../test/llama_tokenizer';
import { realData, withoutRealData } from '../../test/real_data';
import { readRows } from '../node';
import { type Encode, wordEncoder } from './tokenize_words';
import { trainTokenizer } from './train_tokenizer';

const trained = trainTokenizer(['the cat sat on the mat, the cat’s 12 mats'], 320, ['<s>', '</s>']) as Json;
interface Json {
  readonly added_tokens: readonly object[];
  readonly pre_tokenizer: object;
}

const flags = { single_word: false, lstrip: false, rstrip: false, special: false };
const added = [
  { ...flags, id: 320, content: '  ', normalized: true },
  { ...flags, id: 321, content: '   ', normalized: true },
  { ...flags, id: 322, content: 'cat\u0301', normalized: true },
  { ...flags, id: 323, content: '<s', normalized: false },
  { ...flags, id: 324, content: 'cat<s', normalized: true },
];
const withAdded = { ...trained, added_tokens: [...trained.added_tokens, ...added] };
/** How Llama 3 and Qwen cut a text into words. */
const pattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const split = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
};

const open = (json: object) => new Tokenizer(json, {});
const encoder = (json: object) => wordEncoder(open(json), {}) as Encode;
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'the cat',
        ' ',
        '  ',
        '   ',
        '\n',
        '\r\n',
        "'s",
        '123456',
        '<s>',
        '</s>',
        '<s',
        'cat\u0301',
        '\u0301',
        '!',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('🐈', '\ud83d', 'É', 'E\u0301', '漢字'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe.each([
  ['GPT-2’s words', trained],
  ['a normalizer and added tokens', { ...withAdded, normalizer: { type: 'NFC' } }],
  ['added tokens and no normalizer', { ...withAdded, normalizer: null }],
  ['Llama 3’s words', { ...withAdded, pre_tokenizer: split }],
])('%s', (_, json) => {
  const library = open(json);
  const plain = open({
    ...json,
    added_tokens: json.added_tokens.filter((token) => !('special' in token && token.special)),
  });
  const encode = encoder(json);
  const ids = (tokenizer: Tokenizer, text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;

  test('are encoded as the library does, the first time and again', () => {
    fc.assert(
      fc.property(text, (text) => {
        for (let i = 0; i < 2; i++) {
          expect([...encode(text, true)]).toEqual(ids(library, text));
          expect([...encode(text, false)]).toEqual(ids(plain, text));
        }
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['another kind of tokenizer', llamaTokenizer(true), {}],
  ['a space in front', { ...trained, pre_tokenizer: { ...trained.pre_tokenizer, add_prefix_space: true } }, {}],
  ['an added token that takes spaces', { ...trained, added_tokens: [{ ...added[0], rstrip: true }] }, {}],
  ['a config that changes the text', trained, { do_lowercase_and_remove_accent: true }],
])('%s is left to the library', (_, json, config) => {
  expect(wordEncoder(new Tokenizer(json, config), config)).toBeUndefined();
});

test.skipIf(withoutRealData)('GPT-NeoX on real rows, as the library does (needs HALOKIT_TEST_DATA)', async () => {
  const { readFile } = await import('node:fs/promises');
  const library = open(JSON.parse(await readFile(realData('tokenizers/gpt-neox-20b/tokenizer.json'), 'utf8')));
  const encode = wordEncoder(library, {}) as Encode;
  let texts = 0;
  for (const file of ['hh-rlhf/harmless-base-test.jsonl.gz', 'oasst1/en-validation.messages.jsonl.gz']) {
    for await (const { value, line } of readRows(realData(file))) {
      if (line % 5 > 0) continue;
      const { chosen, text } = value as { chosen: string; text: string };
      expect([...encode(chosen ?? text, true)]).toEqual(
        library.encode(chosen ?? text, { add_special_tokens: false }).ids,
      );
      texts += 1;
    }
  }
  expect(texts).toBeGreaterThan(700);
});
