import { type CausalLM, generateStream, type ResponseEnd, type SamplingOptions } from '@halokit/models';
import { checkCount, InputError } from './input_error';

/** A model's response to one prompt. */
export interface Sample {
  /** The response's tokens, its end token included when it came. */
  readonly ids: Int32Array;
  /** Decoded, without the end token, and up to the stop string that ended it. */
  readonly text: string;
  /** Whether the end token or a stop string came before the limit. */
  readonly finished: boolean;
}

export interface SampleOptions extends SamplingOptions {
  readonly model: CausalLM;
  readonly prompts: readonly Int32Array[];
  readonly tokenizer: {
    decode(ids: ArrayLike<number>): string;
    /** Ends a response; or several, any of which does, where the format's end is not the tokenizer's. */
    readonly eosId: number | readonly number[];
    /** For `controlToken`. */
    encode?(text: string, options: { special: boolean; continues: boolean }): Int32Array;
  };
  readonly maxNewTokens: number;
  /** Texts that end a response as soon as it has written one. */
  readonly stop?: readonly string[];
  /**
   * Put behind every prompt: where a model was trained with control tokens, the one of the responses that are wanted. Prompts
   * from `tokenizePrompt` with its `controlToken` have it already.
   */
  readonly controlToken?: string;
  /** Seeds every prompt's draws; models compared with one seed get the same ones. */
  readonly seed?: number;
  /**
   * Each prompt's place in a longer list, of which these are a part: what is drawn for them is what is drawn for them in that
   * list. Default: 0, 1, 2, ...
   */
  readonly places?: readonly number[];
  readonly rowsAtOnce?: number;
  /** Told how many prompts are done. */
  readonly onProgress?: (prompts: number) => void;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
}

/**
 * Responses to prompts, greedy at temperature 0 or drawn. What is drawn for a prompt depends on the seed and its place in
 * the list, not on `rowsAtOnce`.
 *
 * @throws InputError for an empty prompt, one that fills the model's context, or places that are not as many as the prompts;
 * the reason of `signal`, when that is aborted
 */
export async function samplePrompts(options: SampleOptions): Promise<Sample[]> {
  const { model, tokenizer, seed = 0, places, rowsAtOnce = 64, onProgress } = options;
  checkCount('rowsAtOnce', rowsAtOnce);
  const prompts = withControlToken(options);
  if (places && places.length !== prompts.length) {
    throw new InputError(`${prompts.length} prompts and ${places.length} places: give one of each.`);
  }
  prompts.forEach((prompt, i) => {
    checkPrompt(prompt, i, model);
  });
  // Prompts of like length go together, so that little padding is computed.
  const order = [...prompts.keys()].sort((a, b) => length(prompts, a) - length(prompts, b) || a - b);
  const samples = new Array<Sample>(prompts.length);
  for (let start = 0; start < order.length; start += rowsAtOnce) {
    const chunk = order.slice(start, start + rowsAtOnce);
    const rows = chunk.map((i) => prompts[i] as Int32Array);
    const answers = await answersTo(
      rows,
      options,
      chunk.map((i) => seedOf(seed, places?.[i] ?? i)),
    );
    chunk.forEach((i, row) => {
      const { ids: list, text, end } = answers[row] as Answer;
      const ids = Int32Array.from(list);
      const whole = () => tokenizer.decode(end === 'eos' ? ids.slice(0, -1) : ids);
      samples[i] = { ids, text: end === 'stop' ? text : whole(), finished: end === 'eos' || end === 'stop' };
    });
    onProgress?.(Math.min(start + rowsAtOnce, order.length));
  }
  return samples;
}

interface Answer {
  readonly ids: number[];
  text: string;
  end?: ResponseEnd;
}

async function answersTo(
  prompts: readonly Int32Array[],
  { model, tokenizer, maxNewTokens, stop, temperature, topK, topP, repetitionPenalty, signal }: SampleOptions,
  seeds: readonly number[],
): Promise<Answer[]> {
  const { eosId } = tokenizer;
  const sampling = { temperature, topK, topP, repetitionPenalty, seeds };
  const texts = stop?.length ? { stop, decode: (ids: readonly number[]) => tokenizer.decode(ids) } : {};
  const answers = prompts.map((): Answer => ({ ids: [], text: '' }));
  const tokens = generateStream(model, prompts, { maxNewTokens, eosId, signal, ...sampling, ...texts });
  for await (const { row, id, text, end } of tokens) {
    const answer = answers[row] as Answer;
    answer.ids.push(id);
    answer.text += text;
    answer.end = end;
  }
  return answers;
}

function withControlToken({ prompts, controlToken, tokenizer }: SampleOptions): readonly Int32Array[] {
  if (controlToken === undefined) return prompts;
  if (!tokenizer.encode) throw new InputError('controlToken needs a tokenizer that encodes.');
  // As `tokenizePrompt` puts it there.
  const ids = tokenizer.encode(controlToken, { special: true, continues: true });
  return prompts.map((prompt) => Int32Array.of(...prompt, ...ids));
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
