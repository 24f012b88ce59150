import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import type { Tally } from '../tally';
import { checkLimits, type TokenizeOptions } from './tokenize_options';
import { type TokenizedPrompt, tokenizePrompt } from './tokenize_prompt';
import { tokenizeResponse } from './tokenize_response';
import { UnfitTurns } from './unfit_turns';

/** What one kind of feedback has to say for itself: its responses, and how they are put together again. */
export interface Kind<T, R> {
  responsesOf(example: T): readonly string[];
  controlTokenOf?(example: T): string | undefined;
  build(prompt: Int32Array, responses: readonly Int32Array[], example: T): R;
}

/** Prompts already tokenized, by what ends them. */
export interface PromptMemory {
  get(
    prompt: Prompt,
    controlToken: string | undefined,
  ): { readonly tokenized: TokenizedPrompt | undefined } | undefined;
  set(prompt: Prompt, controlToken: string | undefined, tokenized: TokenizedPrompt | undefined): void;
}

interface Example {
  readonly prompt: Prompt;
  readonly source: string;
  readonly line: number;
}

/** One example after the other to tokens; undefined for one that is dropped, which the tally counts. */
export function exampleTokenizer<T extends Example, R>(
  { responsesOf, controlTokenOf, build }: Kind<T, R>,
  options: TokenizeOptions,
  memory: PromptMemory,
  tally: Tally,
): (example: T) => R | undefined {
  checkLimits(options);

  function promptOf({ prompt }: T, controlToken: string | undefined): TokenizedPrompt | undefined {
    const known = memory.get(prompt, controlToken);
    if (known) return known.tokenized;
    const tokenized = tokenizePrompt(prompt, { ...options, controlToken });
    memory.set(prompt, controlToken, tokenized);
    return tokenized;
  }

  function tokenize(example: T): R | undefined {
    const prompt = promptOf(example, controlTokenOf?.(example));
    if (!prompt) {
      const why = tooLong(options);
      if (options.longPrompts === 'drop' || options.longPrompts === 'cut') return drop(why);
      throw new InputError(`${why}. Raise it, or set longPrompts to cut or drop.`);
    }
    const responses: Int32Array[] = [];
    const repairs = [...prompt.repairs];
    for (const text of responsesOf(example)) {
      const response = tokenizeResponse(text, prompt, options);
      if (!response) return drop('empty response');
      responses.push(response.ids);
      repairs.push(...response.repairs);
    }
    tally.keep(repairs);
    return build(prompt.ids, responses, example);
  }

  function drop(reason: string): undefined {
    tally.drop(reason);
    return undefined;
  }

  return (example) => {
    try {
      return tokenize(example);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (error instanceof UnfitTurns && options.unfitTurns === 'drop') return drop(error.reason);
      throw new InputError(`${example.source}: line ${example.line}: ${error.message}`);
    }
  };
}

function tooLong({ maxLength, maxPromptLength, minResponseLength = 1 }: TokenizeOptions): string {
  const limit =
    maxPromptLength <= maxLength - minResponseLength
      ? `maxPromptLength (${maxPromptLength} tokens)`
      : `maxLength (${maxLength} tokens) less minResponseLength (${minResponseLength})`;
  return `the prompt's last turn alone is longer than ${limit}`;
}
