import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import type { Positions } from '../families/family';
import { anglesAt, hiddenStates } from '../forward_pass';
import { masked } from '../layers/attention';
import { KeyValueCache, memoryOf } from './key_value_cache';
import { type Routine, routine } from './routine';

/** Sizes that numbers of slots and of prompt tokens are rounded up to: few shapes, so few compiled graphs. */
const fewest = { slots: 64, tokens: 16 };

/** Tokens of prompts that go through the model at once, padding counted: what bounds the memory of attention's scores. */
const tokensAtOnce = 2048;

/** What is made of the normalised hidden states behind the tokens of a step, [rows, width]. */
type Head = (states: tf.Tensor2D) => readonly tf.Tensor[];

/**
 * Prompts and what has been written behind them, as a model reads it: whole prompts at first, then a token of each row
 * at a time.
 */
export class Decoding {
  private readonly cache: KeyValueCache;
  /** A token of each row through the model: of ids, angles, mask, places and tables what the head makes, and the tables after it. */
  private readonly step: Routine;
  /** The position of each row's next token. */
  private readonly positions: number[];

  private constructor(
    private readonly model: CausalLM,
    prompts: readonly Int32Array[],
    head: Head,
  ) {
    const { config } = model;
    this.positions = prompts.map(({ length }) => length - 1);
    this.cache = new KeyValueCache(config, prompts.length, roundUp(Math.max(...this.positions) + 1, fewest.slots));
    this.step = routine((inputs) => {
      const [ids, cos, sin, mask, places, ...tables] = inputs as StepInputs;
      const { remember, written } = memoryOf(tables, places);
      const states = hiddenStates(model, tf.reshape(ids, [-1, 1]), { angles: { cos, sin }, mask, remember });
      return [...head(tf.reshape(states, [-1, config.hiddenSize])), ...written];
    });
  }

  /** Reads prompts, all but their last tokens. The caller disposes of it. */
  static async of(model: CausalLM, prompts: readonly Int32Array[], head: Head): Promise<Decoding> {
    const decoding = new Decoding(model, prompts, head);
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
    this.step.dispose();
    await this.cache.settle();
  }

  /**
   * What the head makes of the states behind each row's next token.
   *
   * @param ids that token, int32 [rows]
   * @param open rows that go on; what comes out of the others means nothing
   */
  advance(ids: tf.Tensor1D, open: ReadonlySet<number>): tf.Tensor[] {
    const { cache, model } = this;
    const positions = this.positions.map((position) => [position]);
    const outputs = tf.tidy(() => {
      const { cos, sin } = anglesAt(model.config, positions);
      const mask = maskOf(positions, cache.slots);
      const inputs: StepInputs = [ids, cos, sin, mask, cache.places(positions), ...cache.tables];
      return [...this.step.call(inputs)];
    });
    cache.replace(outputs.splice(-cache.tables.length) as tf.Tensor2D[]);
    const last = model.config.maxPositionEmbeddings - 1;
    for (const row of open) this.positions[row] = Math.min((this.positions[row] as number) + 1, last);
    return outputs;
  }

  dispose(): void {
    this.step.dispose();
    this.cache.dispose();
  }

  /**
   * In one pass, or in parts where there are many tokens. What stands behind a shorter prompt lands in slots that are
   * masked until the row gets there and writes its own.
   */
  private async readPrompts(prompts: readonly Int32Array[]): Promise<void> {
    const { cache, model } = this;
    const longest = Math.max(...this.positions);
    const most = Math.max(fewest.tokens, roundDown(tokensAtOnce / prompts.length));
    for (let start = 0; start < longest; ) {
      const tokens = Math.min(most, roundUp(longest - start, fewest.tokens));
      const positions = Array.from({ length: tokens }, (_, i) => start + i);
      if (start + tokens > cache.slots) cache.grow(roundUp(start + tokens, fewest.slots));
      const written = tf.tidy(() => {
        const ids = new Int32Array(prompts.length * tokens);
        prompts.forEach((prompt, row) => {
          ids.set(prompt.subarray(start, start + tokens), row * tokens);
        });
        const { remember, written } = memoryOf(cache.tables, cache.places(prompts.map(() => positions)));
        const context = {
          angles: anglesAt(model.config, [positions]),
          mask: maskOf([positions], cache.slots),
          remember,
        };
        hiddenStates(model, tf.tensor2d(ids, [prompts.length, tokens], 'int32'), context);
        return [...written];
      });
      cache.replace(written);
      await cache.settle();
      start += tokens;
    }
  }
}

type StepInputs = [
  ids: tf.Tensor1D,
  cos: tf.Tensor3D,
  sin: tf.Tensor3D,
  mask: tf.Tensor4D,
  places: tf.Tensor1D,
  ...tables: tf.Tensor2D[],
];

/** Every token sees the slots up to its own, [rows or 1, 1, tokens, slots]. */
function maskOf(positions: Positions, slots: number): tf.Tensor4D {
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
