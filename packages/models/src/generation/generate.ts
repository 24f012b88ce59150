import * as tf from '@tensorflow/tfjs-core';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type CausalLM, hiddenStates, outputEmbedding } from '../causal_lm';
import type { PassContext } from '../families/family';
import { InputError } from '../input_error';
import { causalMask, masked } from '../layers/attention';
import { randomStream } from '../random_stream';
import { KeyValueCache } from './key_value_cache';
import { type SamplingOptions, sampleToken } from './sample_token';

export interface GenerateOptions extends SamplingOptions {
  readonly maxNewTokens: number;
  /** Ends a row; it is the last token of what is returned. Default: the config's. */
  readonly eosId?: number;
  /** One seed per prompt, so that a draw does not depend on what else is in the batch. Default: 0, 1, 2, ... */
  readonly seeds?: readonly number[];
  /** Told of every token as it comes. */
  readonly onToken?: (row: number, id: number) => void;
}

/**
 * Continues prompts, all at once, one token a step, until each has its end token, `maxNewTokens`, or the model's
 * context is full. Keys and values of earlier tokens are kept, so a step costs one token a row.
 *
 * @param prompts token ids; of different lengths as they come
 * @returns the new tokens of each prompt
 * @throws InputError for an empty prompt, or one that fills the model's context
 */
export async function generate(
  model: CausalLM,
  prompts: readonly Int32Array[],
  options: GenerateOptions,
): Promise<Int32Array[]> {
  if (prompts.length === 0) return [];
  const context = model.config.maxPositionEmbeddings;
  prompts.forEach(({ length }, i) => {
    if (length === 0) throw new InputError(`Prompt ${i} is empty: there is nothing to continue.`);
    if (length >= context)
      throw new InputError(`Prompt ${i} has ${length} tokens and fills the context of ${context}: cut it.`);
  });
  const { eosId = model.config.eosTokenId, seeds, onToken, maxNewTokens } = options;
  const random = prompts.map((_, i) => randomStream(seeds?.[i] ?? i));
  const longest = Math.max(...prompts.map((prompt) => prompt.length));
  const steps = Math.min(maxNewTokens, context - Math.min(...prompts.map((prompt) => prompt.length)));
  const cache = new KeyValueCache(longest + steps);
  const results: number[][] = prompts.map(() => []);
  const open = new Set(prompts.keys());
  try {
    let next = tf.tidy(() => readPrompts(model, prompts, longest, cache));
    for (let step = 0; step < steps; step++) {
      const logits = await next.data<'float32'>();
      next.dispose();
      for (const row of open) {
        const size = model.config.vocabSize;
        const id = sampleToken(logits.subarray(row * size, (row + 1) * size), options, random[row] as RandomGenerator);
        const result = results[row] as number[];
        result.push(id);
        onToken?.(row, id);
        if (id === eosId || (prompts[row] as Int32Array).length + result.length >= context) open.delete(row);
      }
      if (open.size === 0 || step === steps - 1) break;
      next = tf.tidy(() => readToken(model, prompts, longest, cache, results, step));
    }
  } finally {
    cache.dispose();
  }
  return results.map((ids) => Int32Array.from(ids));
}

/** Logits after each prompt, [rows, vocabulary]; the prompts' keys and values go into the cache. */
function readPrompts(
  model: CausalLM,
  prompts: readonly Int32Array[],
  longest: number,
  cache: KeyValueCache,
): tf.Tensor2D {
  const ids = new Int32Array(prompts.length * longest);
  prompts.forEach((prompt, row) => {
    ids.set(prompt, row * longest);
  });
  const states = pass(model, ids, longest, {
    positions: [[...Array(longest).keys()]],
    mask: causalMask(longest),
    remember: cache.fill,
  });
  const last = prompts.map((prompt, row) => row * longest + prompt.length - 1);
  const ends = tf.gather(states, tf.tensor1d(last, 'int32')) as tf.Tensor2D;
  return tf.matMul(ends, outputEmbedding(model), false, true);
}

/** Logits after each row's newest token, which takes slot `longest + step`. */
function readToken(
  model: CausalLM,
  prompts: readonly Int32Array[],
  longest: number,
  cache: KeyValueCache,
  results: readonly number[][],
  step: number,
): tf.Tensor2D {
  const slots = cache.slots;
  const mask = new Float32Array(prompts.length * slots).fill(masked);
  prompts.forEach((prompt, row) => {
    mask.fill(0, row * slots, row * slots + prompt.length);
    mask.fill(0, row * slots + longest, row * slots + longest + step + 1);
  });
  const ids = Int32Array.from(results, (ids) => ids[step] ?? 0);
  const states = pass(model, ids, 1, {
    positions: prompts.map((prompt) => [prompt.length + step]),
    mask: tf.tensor4d(mask, [prompts.length, 1, 1, slots]),
    remember: cache.writer(longest + step),
  });
  return tf.matMul(states, outputEmbedding(model), false, true);
}

/** Hidden states of all tokens, [rows x tokens, width]. */
function pass(model: CausalLM, ids: Int32Array, tokens: number, context: PassContext): tf.Tensor2D {
  const states = hiddenStates(model, tf.tensor2d(ids, [ids.length / tokens, tokens], 'int32'), context);
  return tf.reshape(states, [-1, model.config.hiddenSize]);
}
