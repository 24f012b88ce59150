import type { ChatFormat } from './chat_format';
import type { Binary, Demonstration, Preference, Prompt } from './feedback';
import { InputError } from './input_error';
import type { Tally } from './tally';
import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';
import type { TextTokenizer } from './tokenizer';

export interface TokenizeOptions {
  readonly tokenizer: TextTokenizer;
  readonly format: ChatFormat;
  /** Longest row, prompt and response together, in tokens. */
  readonly maxLength: number;
  /** Longest prompt in tokens; less than `maxLength`. */
  readonly maxPromptLength: number;
  /** What to do with a prompt whose last turn alone is too long: stop with an error (default), or drop and count it. */
  readonly longPrompts?: 'error' | 'drop';
}

/** Half of a UTF-16 pair alone, as careless cutting leaves it. No UTF-8 says it, so tokenizers write U+FFFD instead. */
const halfCharacter = /\p{Surrogate}/u;

/** Tokens of a prompt, and what had to be done to it. */
interface TokenizedPrompt {
  readonly ids: Int32Array;
  readonly repairs: readonly string[];
}

/**
 * Examples to tokens. Prompt and response are tokenized apart, so the boundary is exact. A prompt that is too long
 * loses whole turns from its beginning; a response that does not fit loses its end, and then has no end token. A
 * finished response has exactly one. Names of special tokens inside what people wrote are spelled out, and half
 * characters (an emoji cut in two) become U+FFFD. All counted.
 *
 * @throws InputError naming file and line when a prompt's last turn alone is longer than `maxPromptLength`
 */
export function tokenizeDemonstrations(
  examples: readonly Demonstration[],
  options: TokenizeOptions,
  tally: Tally,
): TokenizedDemonstration[] {
  return tokenizeAll(
    examples,
    options,
    tally,
    ({ response }) => [response],
    (prompt, [response]) => ({
      prompt,
      response: response as Int32Array,
    }),
  );
}

/** As `tokenizeDemonstrations`, keeping the thumbs. */
export function tokenizeBinary(examples: readonly Binary[], options: TokenizeOptions, tally: Tally): TokenizedBinary[] {
  return tokenizeAll(
    examples,
    options,
    tally,
    ({ response }) => [response],
    (prompt, [response], { desirable }) => ({
      prompt,
      response: response as Int32Array,
      desirable,
    }),
  );
}

/** As `tokenizeDemonstrations`, both responses after the same prompt. */
export function tokenizePreferences(
  examples: readonly Preference[],
  options: TokenizeOptions,
  tally: Tally,
): TokenizedPreference[] {
  return tokenizeAll(
    examples,
    options,
    tally,
    ({ chosen, rejected }) => [chosen, rejected],
    (prompt, [chosen, rejected]) => ({
      prompt,
      chosen: chosen as Int32Array,
      rejected: rejected as Int32Array,
    }),
  );
}

/**
 * A prompt as the model reads it, cut to `maxPromptLength` by whole turns from its beginning.
 *
 * @returns undefined when its last turn alone is too long
 */
export function tokenizePrompt(prompt: Prompt, options: TokenizeOptions): TokenizedPrompt | undefined {
  const { tokenizer, format, maxPromptLength } = options;
  for (let first = 0; first < prompt.length; first++) {
    const pieces = format.prompt(prompt.slice(first));
    const special = pieces.some((piece) => piece.written && tokenizer.hasSpecial(piece.text));
    const parts = special
      ? pieces.map(({ text, written }) => tokenizer.encode(text, { special: !written }))
      : [tokenizer.encode(pieces.map(({ text }) => text).join(''), { special: true })];
    const ids = join([...(tokenizer.bosId === undefined ? [] : [Int32Array.of(tokenizer.bosId)]), ...parts]);
    if (ids.length > maxPromptLength) continue;
    const repairs = [
      ...(first > 0 ? ['prompt too long: first turns cut'] : []),
      ...(special ? ['special token in a prompt spelled out'] : []),
      ...(pieces.some((piece) => halfCharacter.test(piece.text)) ? ['half a character in a prompt replaced'] : []),
    ];
    return { ids, repairs };
  }
  return undefined;
}

function tokenizeAll<T extends { prompt: Prompt; source: string; line: number }, R>(
  examples: readonly T[],
  options: TokenizeOptions,
  tally: Tally,
  responsesOf: (example: T) => string[],
  build: (prompt: Int32Array, responses: Int32Array[], example: T) => R,
): R[] {
  check(options);
  const results: R[] = [];
  // Examples made of one pair share their prompt, so it is tokenized once.
  const prompts = new Map<Prompt, TokenizedPrompt | undefined>();
  for (const example of examples) {
    if (!prompts.has(example.prompt)) prompts.set(example.prompt, tokenizePrompt(example.prompt, options));
    const prompt = prompts.get(example.prompt);
    if (!prompt) {
      const why = `the prompt's last turn alone is longer than maxPromptLength (${options.maxPromptLength} tokens)`;
      if (options.longPrompts === 'drop') {
        tally.drop(why);
        continue;
      }
      throw new InputError(`${example.source}: line ${example.line}: ${why}. Raise it, or set longPrompts to drop.`);
    }
    const repairs = [...prompt.repairs];
    const responses = responsesOf(example).map((text) => tokenizeResponse(text, prompt.ids.length, options, repairs));
    if (responses.some((ids) => ids.length === 0)) {
      tally.drop('empty response');
      continue;
    }
    tally.keep(repairs);
    results.push(build(prompt.ids, responses, example));
  }
  return results;
}

function tokenizeResponse(text: string, promptLength: number, options: TokenizeOptions, repairs: string[]): Int32Array {
  const { tokenizer, maxLength } = options;
  const ids = tokenizer.encode(text);
  if (ids.length === 0) return ids;
  if (tokenizer.hasSpecial(text)) repairs.push('special token in a response spelled out');
  if (halfCharacter.test(text)) repairs.push('half a character in a response replaced');
  const room = maxLength - promptLength;
  if (ids.length + 1 <= room) return join([ids, Int32Array.of(tokenizer.eosId)]);
  repairs.push('response too long: end cut, no end token');
  return ids.slice(0, room);
}

function check({ maxLength, maxPromptLength }: TokenizeOptions): void {
  if (maxPromptLength >= maxLength) {
    throw new InputError(
      `maxPromptLength (${maxPromptLength}) leaves no room for a response in maxLength (${maxLength}): lower it.`,
    );
  }
}

function join(parts: readonly Int32Array[]): Int32Array {
  const result = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
