import {
  type AddedToken,
  BPE,
  ByteLevelPreTokenizer,
  type Normalizer,
  type PreTokenizer,
  SequencePreTokenizer,
  SplitPreTokenizer,
  type Tokenizer,
} from '@huggingface/tokenizers';
import { nameSplitter } from './name_pattern';
import { recentValues } from './recent_values';

/** Words remembered. */
const knownWords = 100_000;

/** Longer words are rare, and seldom come again. */
const longestKnown = 64;

/** Encodes a text; names of special tokens are those tokens, or are spelled out. */
export type Encode = (text: string, special: boolean) => Int32Array;

/**
 * Encodes as the tokenizer does, many times as fast: words that came before are looked up. For byte-level BPE (GPT-2's,
 * GPT-NeoX's, Llama 3's, Qwen's), which cuts a text into words and encodes each by itself.
 *
 * @returns undefined for a tokenizer of another kind, where that cannot be relied on
 */
export function wordEncoder(tokenizer: Tokenizer, config: object): Encode | undefined {
  const { model, normalizer } = tokenizer;
  const added = [...tokenizer.get_added_tokens_decoder().values()];
  const words = wordSplitter(tokenizer.pre_tokenizer);
  const { remove_space, do_lowercase_and_remove_accent } = config as Record<string, unknown>;
  if (!words || !(model instanceof BPE) || model.fuse_unk) return undefined;
  if (remove_space === true || do_lowercase_and_remove_accent === true) return undefined;
  if (added.some((token) => token.single_word || token.lstrip || token.rstrip)) return undefined;

  const normalize = (text: string) => (normalizer === null ? text : normalizer(text));
  const known = recentValues<readonly number[]>(knownWords);
  const encodeWord = (word: string) => {
    const found = known.get(word);
    if (found) return found;
    const ids = model([words.bytesOf(word)]).map((token) => model.tokens_to_ids.get(token) as number);
    if (word.length <= longestKnown) known.set(word, ids);
    return ids;
  };
  const [all, ordinary] = [added, added.filter((token) => !token.special)].map((tokens) =>
    nameFinder(tokens, normalizer),
  );

  return (text, special) => {
    const { split, idOf, splitNormalized } = (special ? all : ordinary) as NameFinder;
    const ids: number[] = [];
    for (const section of split(text)) {
      const id = idOf(section);
      const parts = id === undefined ? splitNormalized(normalize(section)) : [section];
      for (const part of parts) {
        const id = idOf(part);
        if (id !== undefined) ids.push(id);
        else for (const word of words.split(part)) for (const id of encodeWord(word)) ids.push(id);
      }
    }
    return new Int32Array(ids);
  };
}

/** Added tokens in a text: some are looked for as it was written, others once it is normalized. */
interface NameFinder {
  split(text: string): readonly string[];
  splitNormalized(text: string): readonly string[];
  idOf(name: string): number | undefined;
}

function nameFinder(added: readonly AddedToken[], normalizer: Normalizer | null): NameFinder {
  const isLate = ({ normalized }: AddedToken) => normalized && normalizer !== null;
  const written = added.filter((token) => !isLate(token));
  const late = added.filter(isLate).map(({ content, id }) => ({ content: normalizer?.(content) ?? content, id }));
  const ids = new Map([...added, ...late].map(({ content, id }) => [content, id]));
  return {
    split: nameSplitter(written.map(({ content }) => content)),
    splitNormalized: nameSplitter(late.map(({ content }) => content)),
    idOf: (name) => ids.get(name),
  };
}

interface WordSplitter {
  split(text: string): readonly string[];
  /** A word in the characters that stand for its bytes. */
  bytesOf(word: string): string;
}

function wordSplitter(first: PreTokenizer | null): WordSplitter | undefined {
  const stages = first instanceof SequencePreTokenizer ? first.tokenizers : [first];
  const [last, ...before] = [...stages].reverse();
  if (!(last instanceof ByteLevelPreTokenizer) || last.add_prefix_space) return undefined;
  if (!before.every((stage) => stage instanceof SplitPreTokenizer)) return undefined;
  const { pattern, use_regex, text_encoder, byte_encoder } = last;
  const earlier = [...(before as PreTokenizer[])].reverse();
  return {
    split(text) {
      const parts = earlier.reduce<string[]>((texts, stage) => stage.pre_tokenize(texts), [text]);
      return use_regex ? parts.flatMap((part) => part.match(pattern) ?? []) : parts;
    },
    bytesOf: (word) => Array.from(text_encoder.encode(word), (byte) => byte_encoder[byte]).join(''),
  };
}
