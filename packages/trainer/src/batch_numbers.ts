import * as tf from '@tensorflow/tfjs-core';
import { type MicrobatchResult, tensorsOf } from './microbatch';
import { rowPositions, type TokenBatch } from './token_batch';

/** Numbers of one effective batch on the host, in the batch's order: per example (`losses`, `extra`) or per row. */
export interface BatchNumbers {
  readonly losses: Float64Array;
  readonly logps: Float64Array;
  rewards?: Float64Array;
  readonly extra: Record<string, Float64Array>;
}

export function emptyNumbers(batch: TokenBatch): BatchNumbers {
  return { losses: new Float64Array(batch.examples), logps: new Float64Array(batch.rows.length), extra: {} };
}

/** Reads a microbatch's tensors back into their places in the batch, and disposes of them. */
export async function collect(
  result: MicrobatchResult,
  batch: TokenBatch,
  examples: readonly number[],
  into: BatchNumbers,
): Promise<void> {
  const rows = rowPositions(batch, examples);
  const put = async (tensor: tf.Tensor1D, positions: readonly number[], target: Float64Array) => {
    const values = await tensor.data();
    positions.forEach((position, i) => {
      target[position] = values[i] as number;
    });
  };
  await put(result.losses, examples, into.losses);
  await put(result.logps, rows, into.logps);
  if (result.rewards) {
    into.rewards ??= new Float64Array(batch.rows.length);
    await put(result.rewards, rows, into.rewards);
  }
  for (const [name, tensor] of Object.entries(result.metrics)) {
    into.extra[name] ??= new Float64Array(batch.examples);
    await put(tensor, examples, into.extra[name]);
  }
  tf.dispose(tensorsOf(result));
}
