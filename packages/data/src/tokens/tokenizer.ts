import { Tokenizer } from '@huggingface/tokenizers';
import { InputError } from '../input_error';
import { anyName } from './name_pattern';
import { type Encode, wordEncoder } from './tokenize_words';

/** Text to token ids and back. */
export interface TextTokenizer {
  /**
   * Ids of a text; nothing is added to it. The names of special tokens (`<|endoftext|>`) inside it become those tokens
   * only with `special`; otherwise they are spelled out like any text. A text that `continues` another gets no space in
   * front, where the tokenizer gives one to whatever it is handed (Llama's does).
   */
  encode(text: string, options?: { special?: boolean; continues?: boolean }): Int32Array;
  /** The text, special tokens left out unless asked for. Ids past the vocabulary (a model may have more) are no text. */
  decode(ids: ArrayLike<number>, options?: { special?: boolean }): string;
  /** Whether the text holds the name of a special token. */
  hasSpecial(text: string): boolean;
  /** The first name of a special token in a text, and where it begins. */
  findSpecial(text: string): { readonly name: string; readonly at: number } | undefined;
  /** Ends a response. */
  readonly eosId: number;
  /** Begins every row; absent where the tokenizer adds none. */
  readonly bosId?: number;
  /** One more than the largest id. */
  readonly vocabularySize: number;
}

/** Ends of text by name, tried in turn where no `tokenizer_config.json` names one. */
const usualEnds = ['<|endoftext|>', '<|end_of_text|>', '</s>'];

/**
 * A tokenizer from the contents of Hugging Face's `tokenizer.json` and, where there is one, `tokenizer_config.json`.
 *
 * A beginning is added where `add_bos_token` says so or, where that is absent, where the tokenizer's own template does.
 *
 * @param file the tokenizer's name, for errors
 * @throws InputError when it cannot be used, has no end token, or its config names a token that it does not have
 */
export function createTokenizer(json: object, config: object = {}, file = 'tokenizer.json'): TextTokenizer {
  const tokenizer = open(json, config, file);
  const special = anyName(specialTokens(tokenizer));
  const hasSpecial = (text: string) => special?.test(text) ?? false;
  const encode =
    wordEncoder(tokenizer, config) ?? textEncoder(tokenizer, () => open(withoutSpecial(json), config, file));
  const spaced = /^[ \u2581\u0120]/.test(tokenizer.tokenize('a')[0] ?? '');
  return {
    encode(text, options = {}) {
      if (text === '') return new Int32Array();
      const special = (options.special ?? false) || !hasSpecial(text);
      return options.continues && spaced ? encodeBehind(encode, text, special) : encode(text, special);
    },
    decode(values, options = {}) {
      const skip = { skip_special_tokens: !options.special, clean_up_tokenization_spaces: false };
      return values.length === 0 ? '' : tokenizer.decode(Array.from(values), skip);
    },
    hasSpecial,
    findSpecial(text) {
      const found = special?.exec(text);
      return found ? { name: found[0], at: found.index } : undefined;
    },
    eosId: findEnd(tokenizer, config, file),
    bosId: findBeginning(tokenizer, config, file),
    vocabularySize: vocabularySize(tokenizer),
  };
}

function open(json: object, config: object, file: string): Tokenizer {
  try {
    return new Tokenizer(json, config);
  } catch (error) {
    throw new InputError(`${file}: is not a tokenizer this program can use (${(error as Error).message}).`);
  }
}

/** Encodes with the library; a tokenizer that knows no special tokens is opened when the first text needs it. */
function textEncoder(tokenizer: Tokenizer, openWithoutSpecial: () => Tokenizer): Encode {
  let plain: Tokenizer | undefined;
  return (text, special) => {
    if (!special) plain ??= openWithoutSpecial();
    const { ids } = (special ? tokenizer : (plain as Tokenizer)).encode(text, { add_special_tokens: false });
    return new Int32Array(ids);
  };
}

/** The ids that a text has behind a line end, which the space in front of everything goes to. */
function encodeBehind(encode: Encode, text: string, special: boolean): Int32Array {
  const [anchor, all] = [encode('\n', special), encode(`\n${text}`, special)];
  return anchor.every((id, i) => all[i] === id) ? all.slice(anchor.length) : encode(text, special);
}

function specialTokens(tokenizer: Tokenizer): string[] {
  return [...tokenizer.get_added_tokens_decoder().values()]
    .filter((token) => token.special && token.content !== '')
    .map((token) => token.content);
}

/** The same tokenizer to which the names of special tokens are text like any other. */
function withoutSpecial(json: object): object {
  const { added_tokens } = json as { added_tokens: { special: boolean }[] };
  return { ...json, added_tokens: added_tokens.filter((token) => !token.special) };
}

function findEnd(tokenizer: Tokenizer, config: object, file: string): number {
  const named = namedToken(tokenizer, config, 'eos_token', file);
  const ids = named === undefined ? usualEnds.map((name) => tokenizer.token_to_id(name)) : [named];
  const id = ids.find((found) => found !== undefined);
  if (id === undefined) {
    throw new InputError(`${file}: has no end token. Name one as eos_token in a tokenizer_config.json beside it.`);
  }
  return id;
}

function findBeginning(tokenizer: Tokenizer, config: object, file: string): number | undefined {
  const { add_bos_token: wanted } = config as { add_bos_token?: unknown };
  if (wanted === true) return namedToken(tokenizer, config, 'bos_token', file);
  if (wanted === false) return undefined;
  const [first] = tokenizer.encode('a', { add_special_tokens: true }).ids;
  const [bare] = tokenizer.encode('a', { add_special_tokens: false }).ids;
  return first === bare ? undefined : first;
}

/** The id of a token that the config names, as text or as `{ content }`; undefined when it names none. */
function namedToken(tokenizer: Tokenizer, config: object, key: string, file: string): number | undefined {
  const value: unknown = (config as Record<string, unknown>)[key];
  const name = typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value;
  if (typeof name !== 'string') return undefined;
  const id = tokenizer.token_to_id(name);
  if (id === undefined) {
    throw new InputError(`${file}: has no token "${name}", which its tokenizer_config.json names as ${key}.`);
  }
  return id;
}

function vocabularySize(tokenizer: Tokenizer): number {
  let largest = -1;
  // Not Math.max(...ids): large vocabularies have more entries than a call may have arguments.
  for (const id of tokenizer.get_vocab(true).values()) largest = Math.max(largest, id);
  return largest + 1;
}
