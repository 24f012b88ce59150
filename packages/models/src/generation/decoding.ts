import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { hiddenStates } from '../forward_pass';
import { masked } from '../layers/attention';
import { KeyValueCache } from './key_value_cache';

/** Sizes that numbers of slots and of prompt tokens are rounded up to: few shapes, so few compiled graphs. */
const fewest = { slots: 64, tokens: 16 };

/** Tokens of prompts that go through the model at once, padding counted: what bounds the memory of attention's scores. */
const tokensAtOnce = 2048;

/**
 * Prompts and what has been written behind them, as a model reads it: whole prompts at first, then a token of each row
 * at a time.
 */
export class Decoding {
  private readonly cache: KeyValueCache;
  /** The position of each row's next token. */
  private readonly positions: number[];

  private constructor(
    private readonly model: CausalLM,
    prompts: readonly Int32Array[],
  ) {
    this.positions = prompts.map(({ length }) => length - 1);
    this.cache = new KeyValueCache(roundUp(Math.max(...this.positions) + 1, fewest.slots));
  }

  /** Reads prompts, all but their last tokens. The caller disposes of it. */
  static async of(model: CausalLM, prompts: readonly Int32Array[]): Promise<Decoding> {
    const decoding = new Decoding(model, prompts);
    try {
      await decoding.readPrompts(prompts);
    } catch (error) {
      decoding.dispose();
      throw error;
    }
    return decoding;
  }

  /** Makes room for the next tokens. */
  async prepare(): Promise<void> {
    const needed = Math.max(...this.positions) + 1;
    if (needed <= this.cache.slots) return;
    this.cache.grow(roundUp(needed, fewest.slots));
    await this.cache.settle();
  }

  /**
   * The normalised hidden state behind each row's next token, [rows, width].
   *
   * @param ids that token, int32 [rows]
   * @param open rows that go on; what comes out of the others means nothing
   */
  advance(ids: tf.Tensor1D, open: ReadonlySet<number>): tf.Tensor2D {
    const { config } = this.model;
    const positions = this.positions.map((position) => [position]);
    const states = hiddenStates(this.model, tf.reshape(ids, [-1, 1]), {
      positions,
      mask: maskOf(positions, this.cache.slots),
      remember: this.cache.writer(positions),
    });
    const last = config.maxPositionEmbeddings - 1;
    for (const row of open) this.positions[row] = Math.min((this.positions[row] as number) + 1, last);
    return tf.reshape(states, [-1, config.hiddenSize]);
  }

  dispose(): void {
    this.cache.dispose();
  }

  /**
   * In one pass, or in parts where there are many tokens. What stands behind a shorter prompt lands in slots that are
   * masked until the row gets there and writes its own.
   */
  private async readPrompts(prompts: readonly Int32Array[]): Promise<void> {
    const longest = Math.max(...this.positions);
    const most = Math.max(fewest.tokens, roundDown(tokensAtOnce / prompts.length));
    for (let start = 0; start < longest; ) {
      const tokens = Math.min(most, roundUp(longest - start, fewest.tokens));
      const positions = Array.from({ length: tokens }, (_, i) => start + i);
      if (start + tokens > this.cache.slots) this.cache.grow(roundUp(start + tokens, fewest.slots));
      tf.tidy(() => {
        const ids = new Int32Array(prompts.length * tokens);
        prompts.forEach((prompt, row) => {
          ids.set(prompt.subarray(start, start + tokens), row * tokens);
        });
        hiddenStates(this.model, tf.tensor2d(ids, [prompts.length, tokens], 'int32'), {
          positions: [positions],
          mask: maskOf([positions], this.cache.slots),
          remember: this.cache.writer(prompts.map(() => positions)),
        });
      });
      await this.cache.settle();
      start += tokens;
    }
  }
}

/** Every token sees the slots up to its own, [rows or 1, 1, tokens, slots]. */
function maskOf(positions: readonly (readonly number[])[], slots: number): tf.Tensor4D {
  const tokens = positions.flat();
  const values = new Float32Array(tokens.length * slots);
  tokens.forEach((position, i) => {
    values.fill(masked, i * slots + position + 1, (i + 1) * slots);
  });
  return tf.tensor4d(values, [positions.length, 1, tokens.length / positions.length, slots]);
}

/** The first of least, 2 least, 4 least, ... that is enough. */
function roundUp(enough: number, least: number): number {
  let size = least;
  while (size < enough) size *= 2;
  return size;
}

/** The last of 1, 2, 4, ... that is not too many. */
function roundDown(most: number): number {
  let size = 1;
  while (2 * size <= most) size *= 2;
  return size;
}
