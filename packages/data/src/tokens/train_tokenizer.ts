import { InputError } from '../input_error';

/** How GPT-2 cuts text into words before merging: contractions, words, numbers, signs, each with its leading space. */
const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Trains a byte-level BPE tokenizer and returns it as Hugging Face's `tokenizer.json`: 256 bytes, then the most
 * frequent pair of neighbours merged again and again (of equals, the first in code-point order). Deterministic.
 *
 * Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units"; GPT-2's byte alphabet.
 *
 * @param texts what to learn from
 * @param size entries in all: special tokens, bytes and merges; fewer when every word is already one token
 * @param special names of special tokens, which get the first ids
 * @throws InputError when `size` has no room for the bytes and special tokens, or a special name stands for a byte
 */
export function trainTokenizer(texts: Iterable<string>, size: number, special: readonly string[]): object {
  const alphabet = byteAlphabet();
  const corpus = countWords(texts, special, alphabet);
  const vocabulary = new Map<string, number>();
  const add = (token: string) => vocabulary.has(token) || vocabulary.set(token, vocabulary.size);
  for (const token of special) {
    if (alphabet.includes(token))
      throw new InputError(`"${token}" stands for a byte: name the special token otherwise.`);
    add(token);
  }
  for (const symbol of [...alphabet].sort()) add(symbol);
  if (size < vocabulary.size) {
    throw new InputError(
      `A vocabulary of ${size} is too small: bytes and special tokens alone are ${vocabulary.size}.`,
    );
  }
  const merges: [string, string][] = [];
  while (vocabulary.size < size) {
    const pair = mostFrequentPair(corpus);
    if (!pair) break;
    merges.push(pair);
    add(pair.join(''));
    for (const word of corpus) mergePair(word.symbols, pair);
  }
  return tokenizerJson(vocabulary, merges, special);
}

interface Word {
  readonly symbols: string[];
  readonly count: number;
}

function countWords(texts: Iterable<string>, special: readonly string[], alphabet: readonly string[]): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of splitAt(text, special)) {
      for (const [word] of piece.matchAll(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const encoder = new TextEncoder();
  return [...counts].map(([word, count]) => ({
    symbols: Array.from(encoder.encode(word), (byte) => alphabet[byte] as string),
    count,
  }));
}

function splitAt(text: string, special: readonly string[]): string[] {
  return special.reduce((pieces, name) => pieces.flatMap((piece) => piece.split(name)), [text]);
}

function mostFrequentPair(corpus: readonly Word[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { symbols, count } of corpus) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: string | undefined;
  let most = 0;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && best !== undefined && pair < best)) {
      best = pair;
      most = count;
    }
  }
  return best?.split(' ') as [string, string] | undefined;
}

function mergePair(symbols: string[], [left, right]: readonly [string, string]): void {
  for (let i = 0; i + 1 < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) symbols.splice(i, 2, left + right);
  }
}

/** GPT-2's printable stand-in for each byte; the space is Ġ. */
function byteAlphabet(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

function tokenizerJson(
  vocabulary: Map<string, number>,
  merges: [string, string][],
  special: readonly string[],
): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...new Set(special)].map((content) => ({ id: vocabulary.get(content), content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(vocabulary),
      merges: merges.map((pair) => pair.join(' ')),
    },
  };
}
