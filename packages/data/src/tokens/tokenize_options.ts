import { InputError } from '../input_error';
import type { ChatFormat } from './chat_format';
import type { TextTokenizer } from './tokenizer';

export interface TokenizeOptions {
  readonly tokenizer: TextTokenizer;
  readonly format: ChatFormat;
  /** Longest row, prompt and response together, in tokens. */
  readonly maxLength: number;
  /** Longest prompt in tokens; less than `maxLength`. */
  readonly maxPromptLength: number;
  /** Tokens that every prompt leaves for a response, 1 unless told otherwise: prompts are cut to `maxLength` less these. */
  readonly minResponseLength?: number;
  /**
   * What to do with a prompt whose last turn alone is too long: stop with an error (default), drop and count it, or cut
   * the beginning of what was written in that turn, the format's tags intact.
   */
  readonly longPrompts?: 'error' | 'drop' | 'cut';
  /** What to do with turns that the format cannot say, or refuses: stop with an error (default), or drop and count them. */
  readonly unfitTurns?: 'error' | 'drop';
}

/** Tokens that a prompt may have. */
export function promptLimit({ maxLength, maxPromptLength, minResponseLength = 1 }: TokenizeOptions): number {
  return Math.min(maxPromptLength, maxLength - minResponseLength);
}

/** @throws InputError for limits that leave no room */
export function checkLimits(options: TokenizeOptions): void {
  const { maxLength, maxPromptLength, minResponseLength = 1 } = options;
  if (maxPromptLength >= maxLength) {
    throw new InputError(
      `maxPromptLength (${maxPromptLength}) leaves no room for a response in maxLength (${maxLength}): lower it.`,
    );
  }
  if (!Number.isInteger(minResponseLength) || minResponseLength < 1 || minResponseLength >= maxLength) {
    throw new InputError(
      `minResponseLength is ${minResponseLength}: it must be a whole number, at least 1 and less than maxLength (${maxLength}).`,
    );
  }
}
