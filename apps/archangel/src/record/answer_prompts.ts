import { type ChatFormat, endOfResponse, type TextTokenizer } from '@halokit/data';
import { type CausalLM, generate } from '@halokit/models';

/** A model's answer to a prompt, as texts. */
export interface Answer {
  readonly prompt: string;
  readonly response: string;
  /** Whether it ended by itself, before the limit. */
  readonly finished: boolean;
}

export interface AnswerOptions {
  readonly tokenizer: TextTokenizer;
  readonly format: ChatFormat;
  /** Tokens of a response at most. */
  readonly maxNewTokens: number;
}

/** What the model answers, each time its likeliest token: the same model says the same. */
export async function answerPrompts(
  model: CausalLM,
  prompts: readonly Int32Array[],
  { tokenizer, format, maxNewTokens }: AnswerOptions,
): Promise<Answer[]> {
  if (prompts.length === 0) return [];
  const ends = [...new Set([endOfResponse(format, tokenizer), tokenizer.eosId])];
  const responses = await generate(model, prompts, { maxNewTokens, eosId: ends });
  return responses.map((ids, i) => {
    const finished = ends.includes(ids.at(-1) as number);
    const response = tokenizer.decode(finished ? ids.slice(0, -1) : ids);
    return { prompt: tokenizer.decode(prompts[i] as Int32Array), response, finished };
  });
}

/** The first so many prompts that differ, of those that leave room for an answer in the model's context. */
export function distinctPrompts(prompts: readonly Int32Array[], count: number, context: number): Int32Array[] {
  const seen = new Set<string>();
  return prompts
    .filter((prompt) => {
      const key = prompt.join(' ');
      const fits = prompt.length > 0 && prompt.length < context;
      const isNew = fits && !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .slice(0, count);
}
