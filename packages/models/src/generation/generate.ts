import type { CausalLM } from '../causal_lm';
import { endTokenIds } from '../checkpoint/generation_config';
import { checkGenerate, type GenerateOptions } from './generate_options';
import { drawnTokens, likeliestTokens } from './next_tokens';
import { type GeneratedToken, OpenResponse } from './open_response';

/**
 * Continues prompts, all at once, one token a step, until each has an end token, a stop string or `maxNewTokens`, or the
 * model's context is full.
 *
 * @param prompts token ids; of different lengths as they come
 * @returns the new tokens of each prompt, up to and with its end token or the token that completed a stop string
 * @throws InputError for an empty prompt, or one that fills the model's context; an option that cannot be met; a model
 * whose logits are NaN. The reason of `signal`, when that is aborted
 * @example
 * const [ids] = await generate(model, [prompt], { maxNewTokens: 64, temperature: 0.7, topP: 0.9 });
 */
export async function generate(
  model: CausalLM,
  prompts: readonly Int32Array[],
  options: GenerateOptions,
): Promise<Int32Array[]> {
  const ids: number[][] = prompts.map(() => []);
  for await (const token of generateStream(model, prompts, options)) ids[token.row]?.push(token.id);
  return ids.map((list) => Int32Array.from(list));
}

/**
 * The same, token by token. Who leaves the loop ends the generation.
 *
 * Keys and values of earlier tokens are kept, so a step costs one token a row. At temperature 0 the next step begins
 * before a token is handed out.
 *
 * @throws InputError as `generate`; the reason of `signal`, when that is aborted
 * @example
 * for await (const { text } of generateStream(model, [prompt], { maxNewTokens: 64, decode })) process.stdout.write(text);
 */
export async function* generateStream(
  model: CausalLM,
  prompts: readonly Int32Array[],
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, void> {
  checkGenerate(model, prompts, options);
  const { maxNewTokens, signal, temperature = 0, repetitionPenalty = 1 } = options;
  if (prompts.length === 0) return;
  signal?.throwIfAborted();
  const { maxPositionEmbeddings: context } = model.config;
  const settings = { ...options, eosId: options.eosId ?? endTokenIds(model) };
  const responses = prompts.map((prompt, row) => new OpenResponse(row, prompt, context, settings));
  const steps = Math.min(maxNewTokens, context - Math.min(...prompts.map(({ length }) => length)));
  const open = new Set(prompts.keys());
  const batch = { model, prompts, steps, open };
  const greedy = temperature === 0 && repetitionPenalty === 1;
  for await (const ids of greedy ? likeliestTokens(batch) : drawnTokens(batch, responses)) {
    signal?.throwIfAborted();
    for (const row of open) {
      const token = (responses[row] as OpenResponse).push(ids[row] as number);
      if (token.end) open.delete(row);
      yield token;
    }
    if (open.size === 0) return;
  }
}
