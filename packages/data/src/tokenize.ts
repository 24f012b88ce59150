import { type ControlTokens, checkControlTokens } from './control_tokens';
import type { Binary, Demonstration, Preference, Prompt } from './feedback';
import { InputError } from './input_error';
import { joinIds } from './join_ids';
import type { Tally } from './tally';
import { halfCharacter, type TokenizedPrompt, type TokenizeOptions, tokenizePrompt } from './tokenize_prompt';
import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';

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

export interface BinaryOptions extends TokenizeOptions {
  /** Ends each prompt in the one that names its example's class; sample with `tokenizePrompt`'s `controlToken`. */
  readonly controlTokens?: ControlTokens;
}

/** As `tokenizeDemonstrations`, keeping the thumbs. */
export function tokenizeBinary(examples: readonly Binary[], options: BinaryOptions, tally: Tally): TokenizedBinary[] {
  const { controlTokens } = options;
  if (controlTokens) checkControlTokens(controlTokens);
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
    ({ desirable }) => controlTokens?.[desirable ? 'desirable' : 'undesirable'],
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
    (prompt, [chosen, rejected], { margin }) => ({
      prompt,
      chosen: chosen as Int32Array,
      rejected: rejected as Int32Array,
      ...(margin !== undefined && { margin }),
    }),
  );
}

function tokenizeAll<T extends { prompt: Prompt; source: string; line: number }, R>(
  examples: readonly T[],
  options: TokenizeOptions,
  tally: Tally,
  responsesOf: (example: T) => string[],
  build: (prompt: Int32Array, responses: Int32Array[], example: T) => R,
  controlTokenOf: (example: T) => string | undefined = () => undefined,
): R[] {
  check(options);
  const results: R[] = [];
  // Examples made of one pair share their prompt, so it is tokenized once, or once with each control token.
  const known = new Map<string | undefined, Map<Prompt, TokenizedPrompt | undefined>>();
  for (const example of examples) {
    const controlToken = controlTokenOf(example);
    const prompts = known.get(controlToken) ?? new Map<Prompt, TokenizedPrompt | undefined>();
    known.set(controlToken, prompts);
    if (!prompts.has(example.prompt)) {
      prompts.set(example.prompt, tokenizePrompt(example.prompt, { ...options, controlToken }));
    }
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
  if (ids.length + 1 <= room) return joinIds([ids, Int32Array.of(tokenizer.eosId)]);
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
