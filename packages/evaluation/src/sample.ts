import { type CausalLM, generate, type SamplingOptions } from '@halokit/models';
import { checkCount, InputError } from './input_error';

/** A model's response to one prompt. */
export interface Sample {
  /** The response's tokens, its end token included when it came. */
  readonly ids: Int32Array;
  /** Decoded, without the end token. */
  readonly text: string;
  /** Whether the end token came before the limit. */
  readonly finished: boolean;
}

export interface SampleOptions extends SamplingOptions {
  readonly model: CausalLM;
  readonly prompts: readonly Int32Array[];
  readonly tokenizer: { decode(ids: ArrayLike<number>): string; readonly eosId: number };
  readonly maxNewTokens: number;
  /** Seeds every prompt's draws; models compared with one seed get the same ones. */
  readonly seed?: number;
  readonly rowsAtOnce?: number;
  /** Told how many prompts are done. */
  readonly onProgress?: (prompts: number) => void;
}

/**
 * Responses to prompts, greedy at temperature 0 or drawn with temperature and top-p. What is drawn for a prompt depends
 * on the seed and its place in the list, not on `rowsAtOnce`.
 *
 * @throws InputError for an empty prompt, or one that fills the model's context
 */
export async function samplePrompts(options: SampleOptions): Promise<Sample[]> {
  const { model, prompts, tokenizer, maxNewTokens, temperature, topP, seed = 0, rowsAtOnce = 64, onProgress } = options;
  checkCount('rowsAtOnce', rowsAtOnce);
  prompts.forEach((prompt, i) => {
    checkPrompt(prompt, i, model);
  });
  // Prompts of like length go together, so that little padding is computed.
  const order = [...prompts.keys()].sort((a, b) => length(prompts, a) - length(prompts, b) || a - b);
  const samples = new Array<Sample>(prompts.length);
  for (let start = 0; start < order.length; start += rowsAtOnce) {
    const chunk = order.slice(start, start + rowsAtOnce);
    const answers = await generate(
      model,
      chunk.map((i) => prompts[i] as Int32Array),
      { maxNewTokens, eosId: tokenizer.eosId, temperature, topP, seeds: chunk.map((i) => seedOf(seed, i)) },
    );
    chunk.forEach((i, row) => {
      const ids = answers[row] as Int32Array;
      const finished = ids.at(-1) === tokenizer.eosId;
      samples[i] = { ids, text: tokenizer.decode(finished ? ids.slice(0, -1) : ids), finished };
    });
    onProgress?.(Math.min(start + rowsAtOnce, order.length));
  }
  return samples;
}

/** As `generate` would, but by the prompt's place in this list, and before any other is answered. */
function checkPrompt({ length }: Int32Array, i: number, { config }: CausalLM): void {
  const context = config.maxPositionEmbeddings;
  if (length === 0) throw new InputError(`Prompt ${i} is empty: there is nothing to continue.`);
  if (length >= context)
    throw new InputError(`Prompt ${i} has ${length} tokens and fills the context of ${context}: cut it.`);
}

function length(prompts: readonly Int32Array[], i: number): number {
  return (prompts[i] as Int32Array).length;
}

/** Distinct for every pair of seed and place that fits 32 bits (Knuth's multiplicative hash keeps neighbours apart). */
function seedOf(seed: number, place: number): number {
  return (Math.imul(seed, 0x9e3779b1) + place) | 0;
}
