import type { Logps, Loss, LossResult, Rows } from '@halokit/losses';
import { type CausalLM, tokenLogps } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { rowPositions, type TokenBatch } from './token_batch';

/** What a microbatch gives: tensors over its examples (`losses`, `metrics`) and over its rows (`rewards`, `logps`). */
export interface MicrobatchResult {
  readonly losses: tf.Tensor1D;
  readonly rewards?: tf.Tensor1D;
  readonly logps: tf.Tensor1D;
  readonly metrics: Readonly<Record<string, tf.Tensor1D>>;
}

/**
 * The losses of some examples of a batch, differentiable in the policy's weights. Chosen and rejected rows go through
 * the policy together.
 */
export function microbatchLosses(
  loss: Loss,
  policy: CausalLM,
  batch: TokenBatch,
  examples: readonly number[],
  reference: readonly Float32Array[] | undefined,
  statistics: unknown,
): MicrobatchResult {
  const positions = rowPositions(batch, examples);
  const logps = tokenLogps(
    policy,
    positions.map((i) => batch.rows[i] as TokenBatch['rows'][number]),
  );
  const rows: Rows = { policy: logps, reference: reference && padded(reference, positions, logps) };
  const sums = tf.sum(logps.tokens, 1) as tf.Tensor1D;
  const placed = { indices: examples };
  const of = (result: LossResult, rewards?: tf.Tensor1D): MicrobatchResult => ({
    losses: result.losses,
    rewards,
    logps: sums,
    metrics: result.metrics ?? {},
  });
  switch (loss.feedback) {
    case 'demonstrations':
      return of(loss.losses({ ...rows, ...placed }, statistics));
    case 'binary': {
      const desirable = tf.tensor1d(examples.map((i) => (batch.desirable?.[i] ? 1 : 0)));
      const result = loss.losses({ ...rows, ...placed, desirable }, statistics);
      return of(result, result.rewards);
    }
    case 'preferences': {
      const half = (first: number): Rows => ({
        policy: slice(rows.policy, first, examples.length),
        reference: rows.reference && slice(rows.reference, first, examples.length),
      });
      const result = loss.losses({ ...placed, chosen: half(0), rejected: half(examples.length) }, statistics);
      return of(result, tf.concat1d([result.rewards.chosen, result.rewards.rejected]));
    }
  }
}

/** Every tensor of a result, once. */
export function tensorsOf(result: MicrobatchResult): tf.Tensor[] {
  const tensors = [result.losses, result.logps, result.rewards, ...Object.values(result.metrics)];
  return [...new Set(tensors)].filter((tensor) => tensor !== undefined);
}

/** Ragged reference log-probabilities in the shape and with the mask of the policy's. */
function padded(reference: readonly Float32Array[], positions: readonly number[], like: Logps): Logps {
  const [rows, tokens] = like.tokens.shape;
  const values = new Float32Array(rows * tokens);
  positions.forEach((position, row) => {
    values.set(reference[position] as Float32Array, row * tokens);
  });
  return { tokens: tf.tensor2d(values, [rows, tokens]), mask: like.mask };
}

function slice({ tokens, mask }: Logps, first: number, rows: number): Logps {
  return { tokens: tf.slice2d(tokens, [first, 0], [rows, -1]), mask: tf.slice2d(mask, [first, 0], [rows, -1]) };
}
