import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import type { TextTokenizer } from './tokenizer';

/** A piece of a formatted conversation: the format's own tags, or what somebody wrote. */
export interface FormattedPiece {
  readonly text: string;
  readonly written: boolean;
  /** The format left out white space around what was written. */
  readonly trimmed?: boolean;
}

/** How a conversation becomes text. Training and sampling use the same. */
export interface ChatFormat {
  readonly name: string;
  /** The token that ends a response, by its name; absent where it is the tokenizer's own. */
  readonly end?: string;
  /** The format writes the beginning token itself, or none is wanted; otherwise the tokenizer's is put first. */
  readonly writesBeginning?: boolean;
  /** All turns, and the tag after which the response begins. @throws InputError when it cannot say them */
  prompt(turns: Prompt): readonly FormattedPiece[];
  /** What follows these turns, up to the end token; absent where it is the response as it was written. */
  response?(turns: Prompt, response: string): readonly FormattedPiece[];
}

/**
 * TULU's format, as Archangel uses it: each turn after `\n<|user|>\n`, `\n<|assistant|>\n` or `\n<|system|>\n`, and the
 * response after a last `\n<|assistant|>\n`.
 *
 * Source: Wang et al., "How Far Can Camels Go?"; HALOs' templates.
 */
export const tulu: ChatFormat = {
  name: 'tulu',
  prompt: (turns) => [
    ...turns.flatMap(({ role, content }) => [
      { text: `\n<|${role}|>\n`, written: false },
      { text: content, written: true },
    ]),
    { text: '\n<|assistant|>\n', written: false },
  ],
};

/**
 * The id of the token that ends a response in this format: what training puts there, and what sampling stops at.
 *
 * @throws InputError when the format's end is not one token of this tokenizer
 */
export function endOfResponse({ name, end }: ChatFormat, tokenizer: TextTokenizer): number {
  if (end === undefined) return tokenizer.eosId;
  const [id, ...more] = tokenizer.encode(end, { special: true });
  if (id === undefined || more.length > 0) {
    throw new InputError(`The format ${name} ends a response with "${end}", which is not one token of the tokenizer.`);
  }
  return id;
}
