import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { outputEmbedding } from '../forward_pass';
import { InputError } from '../input_error';
import { Decoding } from './decoding';
import { likeliest } from './likeliest';
import type { OpenResponse } from './open_response';

/** The next token of every row, over and over. Ids of rows that are not open mean nothing. */
type NextTokens = AsyncGenerator<ArrayLike<number>, void>;

interface Batch {
  readonly model: CausalLM;
  readonly prompts: readonly Int32Array[];
  /** Tokens of each row at most. */
  readonly steps: number;
  /** Rows that go on; others leave the set as they end. */
  readonly open: ReadonlySet<number>;
}

/** What was drawn from the logits, which are read back for it. */
export async function* drawnTokens(batch: Batch, responses: readonly OpenResponse[]): NextTokens {
  const { model, prompts, steps, open } = batch;
  const { vocabSize } = model.config;
  const decoding = await Decoding.of(model, prompts, (states) => [
    tf.matMul(states, outputEmbedding(model), false, true),
  ]);
  const ids = lastOf(batch);
  try {
    for (let step = 0; step < steps; step++) {
      await decoding.prepare();
      const now = tf.tensor1d(ids, 'int32');
      const [all] = decoding.advance(now, open);
      now.dispose();
      const logits = await read(all as tf.Tensor);
      for (const row of open) {
        ids[row] = (responses[row] as OpenResponse).sample(logits.subarray(row * vocabSize, (row + 1) * vocabSize));
      }
      yield ids;
    }
  } finally {
    decoding.dispose();
  }
}

/** The likeliest. They stay where they were computed, so that a step begins while the one before it is computed. */
export async function* likeliestTokens(batch: Batch): NextTokens {
  const { model, prompts, steps, open } = batch;
  const decoding = await Decoding.of(model, prompts, (states) => likeliest(states, outputEmbedding(model)));
  const begin = async (ids: tf.Tensor1D): Promise<Step> => {
    await decoding.prepare();
    const [next, sums] = decoding.advance(ids, open) as [tf.Tensor1D, tf.Tensor1D];
    const numbers = Promise.all([next.data<'int32'>(), sums.data<'float32'>()]);
    // Whoever stops early does not want to know.
    numbers.catch(() => {});
    return { ids: next, sums, numbers };
  };
  const first = tf.tensor1d(lastOf(batch), 'int32');
  let now: Step | undefined;
  let next: Step | undefined;
  try {
    next = await begin(first);
    for (let step = 1; next; step++) {
      [now, next] = [next, undefined];
      if (step < steps) next = await begin(now.ids);
      const [ids, sums] = await now.numbers;
      tf.dispose([now.ids, now.sums]);
      for (const row of open) checkNumber(sums[row] as number, row);
      yield ids;
    }
  } finally {
    tf.dispose([first, ...[now, next].flatMap((one) => (one ? [one.ids, one.sums] : []))]);
    decoding.dispose();
  }
}

/** A step that is being computed. */
interface Step {
  readonly ids: tf.Tensor1D;
  readonly sums: tf.Tensor1D;
  readonly numbers: Promise<[ids: Int32Array, sums: Float32Array]>;
}

function lastOf({ prompts }: Batch): Int32Array {
  return Int32Array.from(prompts, (prompt) => prompt.at(-1) as number);
}

async function read(x: tf.Tensor): Promise<Float32Array> {
  try {
    return await x.data<'float32'>();
  } finally {
    x.dispose();
  }
}

/** @throws InputError where a sum of logits is NaN */
function checkNumber(sum: number, row: number): void {
  if (Number.isNaN(sum)) throw new InputError(`Logits of prompt ${row} are NaN: the model's weights are damaged.`);
}
