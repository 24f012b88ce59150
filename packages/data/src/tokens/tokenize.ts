import type { Binary, Demonstration, Preference, Prompt } from '../feedback';
import type { Tally } from '../tally';
import { exampleTokenizer, type Kind, type PromptMemory } from './tokenize_example';
import { type BinaryOptions, binary, demonstrations, preferences } from './tokenize_kinds';
import type { TokenizeOptions } from './tokenize_options';
import type { TokenizedPrompt } from './tokenize_prompt';
import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';

/**
 * Examples to tokens. Prompt and response are tokenized apart, so the boundary is exact. A prompt that is too long is cut
 * as `tokenizePrompt` says; a response that does not fit loses its end, and then has no end token. A finished response has
 * exactly one. Names of special tokens inside what people wrote are spelled out, and half characters (an emoji cut in two)
 * become U+FFFD. All counted. Examples made of one pair share their prompt's tokens.
 *
 * @throws InputError naming file and line when a prompt's last turn alone is longer than `maxPromptLength`, or the format
 * cannot say its turns
 */
export function tokenizeDemonstrations(
  examples: readonly Demonstration[],
  options: TokenizeOptions,
  tally: Tally,
): TokenizedDemonstration[] {
  return tokenizeAll(demonstrations, examples, options, tally);
}

/** As `tokenizeDemonstrations`, keeping the thumbs. */
export function tokenizeBinary(examples: readonly Binary[], options: BinaryOptions, tally: Tally): TokenizedBinary[] {
  return tokenizeAll(binary(options), examples, options, tally);
}

/** As `tokenizeDemonstrations`, both responses after the same prompt. */
export function tokenizePreferences(
  examples: readonly Preference[],
  options: TokenizeOptions,
  tally: Tally,
): TokenizedPreference[] {
  return tokenizeAll(preferences, examples, options, tally);
}

function tokenizeAll<T extends Preference | Binary | Demonstration, R extends object>(
  kind: Kind<T, R>,
  examples: readonly T[],
  options: TokenizeOptions,
  tally: Tally,
): R[] {
  const tokenize = exampleTokenizer(kind, options, everyPrompt(), tally);
  const results: R[] = [];
  for (const example of examples) {
    const result = tokenize(example);
    if (result) results.push(result);
  }
  return results;
}

/** Remembers all, for the examples and their tokens are in memory anyway. */
function everyPrompt(): PromptMemory {
  const known = new Map<string | undefined, Map<Prompt, { tokenized: TokenizedPrompt | undefined }>>();
  return {
    get: (prompt, controlToken) => known.get(controlToken)?.get(prompt),
    set(prompt, controlToken, tokenized) {
      if (!known.has(controlToken)) known.set(controlToken, new Map());
      known.get(controlToken)?.set(prompt, { tokenized });
    },
  };
}
