import type { CausalLM } from '../causal_lm';
import { InputError } from '../input_error';
import { checkSampling, type SamplingOptions } from './sampling_options';
import type { Decode } from './text_stream';

export interface GenerateOptions extends SamplingOptions {
  readonly maxNewTokens: number;
  /** Ends a row, or several ids of which any does; the last token of what is returned. Default: the config's. */
  readonly eosId?: number | readonly number[];
  /** Texts that end a row as soon as it has written one, wherever tokens part them. They need `decode`. */
  readonly stop?: readonly string[];
  /** The tokenizer's, for `stop` and for the text of tokens as they come. */
  readonly decode?: Decode;
  /** One seed per prompt, so that a draw does not depend on what else is in the batch. Default: 0, 1, 2, ... */
  readonly seeds?: readonly number[];
  /** Ends a generation before its time: what waits for it gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** @throws InputError for prompts that the model cannot continue, or options that cannot be met */
export function checkGenerate({ config }: CausalLM, prompts: readonly Int32Array[], options: GenerateOptions): void {
  const { maxNewTokens, stop, decode, seeds } = options;
  const { maxPositionEmbeddings: context, vocabSize } = config;
  prompts.forEach((prompt, i) => {
    if (prompt.length === 0) throw new InputError(`Prompt ${i} is empty: there is nothing to continue.`);
    if (prompt.length >= context)
      throw new InputError(`Prompt ${i} has ${prompt.length} tokens and fills the context of ${context}: cut it.`);
    const unknown = prompt.find((id) => id < 0 || id >= vocabSize);
    if (unknown !== undefined)
      throw new InputError(`Prompt ${i} holds the token ${unknown}, and the model's vocabulary has ${vocabSize}.`);
  });
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new InputError(`maxNewTokens is ${maxNewTokens}: give a whole number of at least 1.`);
  if (stop?.length && !decode) throw new InputError('stop needs decode, which turns ids into text.');
  if (seeds && seeds.length !== prompts.length)
    throw new InputError(`There are ${prompts.length} prompts and ${seeds.length} seeds: give one a prompt.`);
  checkSampling(options);
}
