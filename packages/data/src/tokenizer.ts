import { Tokenizer } from '@huggingface/tokenizers';
import { InputError } from './input_error';

/** Text to token ids and back. */
export interface TextTokenizer {
  /**
   * Ids of a text; nothing is added to it. The names of special tokens (`<|endoftext|>`) inside it become those tokens
   * only with `special`; otherwise they are spelled out like any text.
   */
  encode(text: string, options?: { special?: boolean }): Int32Array;
  /** The text, special tokens left out unless asked for. */
  decode(ids: ArrayLike<number>, options?: { special?: boolean }): string;
  /** Whether the text holds the name of a special token. */
  hasSpecial(text: string): boolean;
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
 * @param file the tokenizer's name, for errors
 * @throws InputError when it cannot be used or has no end token
 */
export function createTokenizer(json: object, config: object = {}, file = 'tokenizer.json'): TextTokenizer {
  const tokenizer = open(json, config, file);
  const settings = config as { eos_token?: unknown; bos_token?: unknown; add_bos_token?: unknown };
  const idOf = (token: unknown): number | undefined => {
    const name = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
    return typeof name === 'string' ? tokenizer.token_to_id(name) : undefined;
  };
  const eosId = [settings.eos_token, ...usualEnds].map(idOf).find((id) => id !== undefined);
  if (eosId === undefined) {
    throw new InputError(`${file}: has no end token. Name one as eos_token in a tokenizer_config.json beside it.`);
  }
  const added = [...tokenizer.get_added_tokens_decoder().values()];
  const special = added.filter((token) => token.special).map((token) => token.content);
  const hasSpecial = (text: string) => special.some((name) => text.includes(name));
  const ids = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    encode(text, options = {}) {
      if (options.special || !hasSpecial(text)) return Int32Array.from(text === '' ? [] : ids(text));
      return Int32Array.from(spellOut(text, special).flatMap(ids));
    },
    decode(values, options = {}) {
      const skip = { skip_special_tokens: !options.special, clean_up_tokenization_spaces: false };
      return values.length === 0 ? '' : tokenizer.decode(Array.from(values), skip);
    },
    hasSpecial,
    eosId,
    bosId: settings.add_bos_token === true ? idOf(settings.bos_token) : undefined,
    vocabularySize: Math.max(...tokenizer.get_vocab(true).values()) + 1,
  };
}

function open(json: object, config: object, file: string): Tokenizer {
  try {
    return new Tokenizer(json, config);
  } catch (error) {
    throw new InputError(`${file}: is not a tokenizer this program can use (${(error as Error).message}).`);
  }
}

/** Cuts a text inside every special name, so that no piece holds one whole. */
function spellOut(text: string, special: readonly string[]): string[] {
  for (const name of special) {
    const at = text.indexOf(name);
    if (at < 0) continue;
    const cut = at + 1;
    return [...spellOut(text.slice(0, cut), special), ...spellOut(text.slice(cut), special)];
  }
  return text === '' ? [] : [text];
}
