import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

interface Trained {
  readonly added_tokens: readonly { readonly content: string; readonly id: number }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly string[] };
}

const train = (texts: string[], size: number, special: string[] = []) =>
  trainTokenizer(texts, size, special) as Trained;

test('the most frequent pair first; of equals, the first in code-point order', () => {
  // Words: "ab" 3 times, " ab" 2 times, "cb" 5 times. Pairs: ab 5, cb 5, Ġa 2. After ab: cb 5, Ġab 2.
  const texts = ['ab ab', 'ab ab', 'ab', 'cb', 'cb', 'cb', 'cb', 'cb'];
  expect(train(texts, 259).model.merges).toEqual(['a b', 'c b', 'Ġ ab']);
  expect(train(texts, 258).model.merges).toEqual(['a b', 'c b']);
  expect(train([...texts, 'cb'], 257).model.merges).toEqual(['c b']);
});

test('every word whole: it stops short of the size asked for', () => {
  const { vocab, merges } = train(['ab'], 1000).model;
  expect(merges).toEqual(['a b']);
  expect(Object.keys(vocab).length).toBe(257);
});

test('special tokens have the first ids, once each, and are never merged from', () => {
  const { added_tokens, model } = train(['<|end|><|end|>x'], 300, ['<|end|>', '<|user|>', '<|end|>']);
  expect(added_tokens.map(({ content, id }) => [content, id])).toEqual([
    ['<|end|>', 0],
    ['<|user|>', 1],
  ]);
  expect(model.merges).toEqual([]);
  const ids = Object.values(model.vocab);
  expect([...ids].sort((a, b) => a - b)).toEqual([...ids.keys()]);
});

test('a special name that already stands for a byte is refused', () => {
  expect(() => train(['abc'], 300, ['</s>', 'Ġ'])).toThrow('"Ġ" stands for a byte');
});

test('a size without room for the bytes is refused', () => {
  expect(() => train(['abc'], 257, ['<s>', '</s>'])).toThrow(
    'of 257 is too small: bytes and special tokens alone are 258',
  );
});

test('any text comes back, whatever was learnt', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), text, (texts, other) => {
      const tokenizer = createTokenizer(train([...texts, 'the cat'], 300, ['</s>']));
      for (const written of [...texts, other]) expect(tokenizer.decode(tokenizer.encode(written))).toBe(written);
    }),
  );
});

test('ids are those the Rust tokenizers give for the same file', () => {
  const tokenizer = createTokenizer(train(['the cat sat on the mat', 'the hat, the cat'], 270, ['</s>']));
  const ids = (text: string) => [...tokenizer.encode(text, { special: true })];
  expect(ids('the cat</s>the hat')).toEqual([259, 261, 0, 259, 267]);
  expect(ids("the cat sat on the mat, can't 12 ünï 🐈\n\t x  ")).toEqual([
    259, 261, 221, 266, 269, 262, 268, 12, 221, 67, 65, 78, 7, 84, 221, 17, 18, 221, 128, 121, 78, 128, 108, 221, 173,
    254, 239, 231, 199, 198, 221, 88, 221, 221,
  ]);
});
