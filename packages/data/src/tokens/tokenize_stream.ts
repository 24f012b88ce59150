import type { Binary, Demonstration, Preference, Prompt } from '../feedback';
import type { Tally } from '../tally';
import { exampleTokenizer, type Kind, type PromptMemory } from './tokenize_example';
import { type BinaryOptions, binary, demonstrations, preferences } from './tokenize_kinds';
import type { TokenizeOptions } from './tokenize_options';
import type { TokenizedPrompt } from './tokenize_prompt';
import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';

/** Examples in memory, or as they are read. */
export type Examples<T> = Iterable<T> | AsyncIterable<T>;

/**
 * As `tokenizeDemonstrations`, one after the other: memory does not grow with the input. Examples that follow each other
 * and have the same prompt share its tokens.
 */
export function tokenizeDemonstrationsStream(
  examples: Examples<Demonstration>,
  options: TokenizeOptions,
  tally: Tally,
): AsyncGenerator<TokenizedDemonstration> {
  return tokenizeEach(demonstrations, examples, options, tally);
}

/** As `tokenizeBinary`, one after the other. */
export function tokenizeBinaryStream(
  examples: Examples<Binary>,
  options: BinaryOptions,
  tally: Tally,
): AsyncGenerator<TokenizedBinary> {
  return tokenizeEach(binary(options), examples, options, tally);
}

/** As `tokenizePreferences`, one after the other. */
export function tokenizePreferencesStream(
  examples: Examples<Preference>,
  options: TokenizeOptions,
  tally: Tally,
): AsyncGenerator<TokenizedPreference> {
  return tokenizeEach(preferences, examples, options, tally);
}

function tokenizeEach<T extends Preference | Binary | Demonstration, R extends object>(
  kind: Kind<T, R>,
  examples: Examples<T>,
  options: TokenizeOptions,
  tally: Tally,
): AsyncGenerator<R> {
  // Here, not at the first example, so that limits that leave no room are refused at once.
  const tokenize = exampleTokenizer(kind, options, lastPrompt(), tally);
  return (async function* () {
    for await (const example of examples) {
      const result = tokenize(example);
      if (result) yield result;
    }
  })();
}

/** Remembers the last prompt, once with each control token. */
function lastPrompt(): PromptMemory {
  let last: Prompt = [];
  const known = new Map<string | undefined, { tokenized: TokenizedPrompt | undefined }>();
  return {
    get: (prompt, controlToken) => (samePrompt(prompt, last) ? known.get(controlToken) : undefined),
    set(prompt, controlToken, tokenized) {
      if (!samePrompt(prompt, last)) known.clear();
      last = prompt;
      known.set(controlToken, { tokenized });
    },
  };
}

function samePrompt(a: Prompt, b: Prompt): boolean {
  const sameTurn = (i: number) => a[i]?.role === b[i]?.role && a[i]?.content === b[i]?.content;
  return a === b || (a.length === b.length && a.every((_, i) => sameTurn(i)));
}
