import { InputError } from '../input_error';
import type { TextTokenizer } from './tokenizer';

/** How a template ends a response. */
export interface Ending {
  /** What it writes between the response and the end token. */
  readonly before: string;
  /** The end token's name; absent where the template writes none. */
  readonly end?: string;
}

/**
 * The first special token that follows a response ends it; what comes behind belongs to the next turn.
 *
 * @throws InputError when text follows, but no special token
 */
export function readEnding(tail: string, tokenizer: TextTokenizer, file: string): Ending {
  const special = tokenizer.findSpecial(tail);
  if (special) return { before: tail.slice(0, special.at), end: special.name };
  if (tail.trim() === '') return { before: '' };
  throw new InputError(
    `${file}: chat_template ends a response with ${JSON.stringify(tail)}, which holds no special token of this ` +
      'tokenizer. Add the one it means to the added_tokens of tokenizer.json, or use the tulu format.',
  );
}
