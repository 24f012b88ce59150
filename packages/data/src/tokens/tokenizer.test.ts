import { describe, expect, test } from 'vitest';
import { llamaTokenizer } from '../../test/llama_tokenizer';
import { realData, withoutRealData } from '../../test/real_data';
import { loadTokenizer } from '../node';
import { createTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const json = trainTokenizer(['the cat sat on the mat'], 280, ['<s>', '</s>', '€']);
const tokenizer = createTokenizer(json);
const template = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [],
  special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
};

test('names of special tokens are tokens only where asked for', () => {
  expect([...tokenizer.encode('<s>€</s>', { special: true })]).toEqual([0, 2, 1]);
  const ids = tokenizer.encode('a<s>€</s>');
  expect(Math.min(...ids)).toBeGreaterThan(2);
  expect(tokenizer.decode(ids)).toBe('a<s>€</s>');
  expect(tokenizer.hasSpecial('a<s')).toBe(false);
  expect(tokenizer.hasSpecial('a<s>')).toBe(true);
});

test('decoding leaves special tokens out unless asked, and ids past the vocabulary always', () => {
  const ids = [...tokenizer.encode('cat'), tokenizer.eosId, tokenizer.vocabularySize + 7];
  expect(tokenizer.decode(ids)).toBe('cat');
  expect(tokenizer.decode(ids, { special: true })).toBe('cat</s>');
  expect(tokenizer.decode([])).toBe('');
});

describe('a beginning', () => {
  const withTemplate = { ...json, post_processor: template };
  test.each([
    ['none by itself', json, {}, undefined],
    ['none where the config only names one', json, { bos_token: '<s>' }, undefined],
    ['the config’s', json, { bos_token: { content: '<s>' }, add_bos_token: true }, 0],
    ['the template’s', withTemplate, {}, 0],
    [
      'none where the config forbids the template’s',
      withTemplate,
      { bos_token: '<s>', add_bos_token: false },
      undefined,
    ],
  ])('%s', (_, contents, config, id) => {
    const { bosId, encode } = createTokenizer(contents, config);
    expect(bosId).toBe(id);
    expect([...encode('a')]).not.toContain(0);
  });
});

test('an end is the config’s, or one of the usual names', () => {
  expect(tokenizer.eosId).toBe(1);
  expect(createTokenizer(json, { eos_token: '€' }).eosId).toBe(2);
  expect(() => createTokenizer(json, { eos_token: '<end>' }, 't.json')).toThrow(
    't.json: has no token "<end>", which its tokenizer_config.json names as eos_token.',
  );
  expect(() => createTokenizer(trainTokenizer(['abc'], 262, []))).toThrow('has no end token');
});

test('finds the first name of a special token, the longest of those that begin there', () => {
  const nested = createTokenizer(trainTokenizer([], 262, ['<s>', '<s>+', '</s>', '$^']));
  expect(nested.findSpecial('a $^ <s>')).toEqual({ name: '$^', at: 2 });
  expect(nested.findSpecial('a<s>+')).toEqual({ name: '<s>+', at: 1 });
  expect(nested.findSpecial('a <s')).toBeUndefined();
});

describe.each([
  ['with Prepend', true],
  ['with Metaspace', false],
])('a tokenizer that puts a space in front, %s', (_, legacy) => {
  const llama = createTokenizer(llamaTokenizer(legacy));
  test.each([['b c'], ['\n'], ['\nb'], [' b'], ['</s>']])('does not, where %j continues another', (text) => {
    const whole = [...llama.encode(`a\n${text}`)];
    const apart = [...llama.encode('a\n'), ...llama.encode(text, { continues: true })];
    expect(apart).toEqual(whole);
  });

  test('puts it where nothing stands before', () => {
    expect(llama.encode('b')).toEqual(llama.encode(' b', { continues: true }));
    expect(llama.encode('b')).not.toEqual(llama.encode('b', { continues: true }));
  });
});

test('a tokenizer that puts none in front is not asked to', () => {
  expect(tokenizer.encode('\n the', { continues: true })).toEqual(tokenizer.encode('\n the'));
});

test('what is no tokenizer is refused by name', () => {
  expect(() => createTokenizer({}, {}, 't.json')).toThrow('t.json: is not a tokenizer this program can use');
});

test('a vocabulary of 200,000', () => {
  const large = trainTokenizer([], 257, ['</s>']) as { model: { vocab: Record<string, number> } };
  for (let i = 0; i < 200_000; i++) large.model.vocab[`word${i}`] = 257 + i;
  expect(createTokenizer(large).vocabularySize).toBe(200_257);
});

test.skipIf(withoutRealData)(
  'GPT-NeoX: an end, no beginning, and the ids that the Rust tokenizers give (needs HALOKIT_TEST_DATA)',
  async () => {
    const { tokenizer: neox } = await loadTokenizer(realData('tokenizers/gpt-neox-20b'));
    expect(neox.eosId).toBe(0);
    expect(neox.bosId).toBeUndefined();
    // 50,277 as published; a copy of the file may name further special tokens.
    expect(neox.vocabularySize).toBeGreaterThanOrEqual(50_277);
    const text = '  two  spaces, 1234 ünïcödé 🐈\n\tdone<|endoftext|>';
    const ids = [
      50276, 9389, 50276, 31748, 13, 1249, 1706, 15028, 79, 12589, 68, 25873, 860, 22692, 227, 219, 187, 186, 17506, 0,
    ];
    expect([...neox.encode(text, { special: true })]).toEqual(ids);
    expect(neox.decode(ids, { special: true })).toBe(text);
  },
);
