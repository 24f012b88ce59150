import type { ChatFormat } from './chat_format';
import type { Prompt } from './feedback';
import { joinIds } from './join_ids';
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

/** What `tokenizePrompt` takes beside. */
export interface PromptOptions extends TokenizeOptions {
  /** Text whose tokens end the prompt, behind the tag after which the response begins: one of `ControlTokens`. */
  readonly controlToken?: string;
}

/** Half of a UTF-16 pair alone, as careless cutting leaves it. No UTF-8 says it, so tokenizers write U+FFFD instead. */
export const halfCharacter = /\p{Surrogate}/u;

/** Tokens of a prompt, and what had to be done to it. */
export interface TokenizedPrompt {
  readonly ids: Int32Array;
  readonly repairs: readonly string[];
}

/**
 * A prompt as the model reads it, cut to `maxPromptLength` by whole turns from its beginning. A control token counts and
 * is never cut; it is one token where the tokenizer knows it as one, and otherwise its ordinary pieces.
 *
 * @returns undefined when its last turn alone is too long
 */
export function tokenizePrompt(prompt: Prompt, options: PromptOptions): TokenizedPrompt | undefined {
  const { tokenizer, format, maxPromptLength, controlToken = '' } = options;
  const beginning = tokenizer.bosId === undefined ? [] : [Int32Array.of(tokenizer.bosId)];
  // Apart from what stands before it, so that it is the same tokens behind every prompt.
  const control = tokenizer.encode(controlToken, { special: true });
  for (let first = 0; first < prompt.length; first++) {
    const pieces = format.prompt(prompt.slice(first));
    const special = pieces.some((piece) => piece.written && tokenizer.hasSpecial(piece.text));
    const parts = special
      ? pieces.map(({ text, written }) => tokenizer.encode(text, { special: !written }))
      : [tokenizer.encode(pieces.map(({ text }) => text).join(''), { special: true })];
    const ids = joinIds([...beginning, ...parts, control]);
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
