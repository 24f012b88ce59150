import type { Logps, Loss, LossResult, Rows } from '@halokit/losses';
import { type BackwardOptions, type CausalLM, type RowOutputs, rowOutputs } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { rowPositions, type TokenBatch } from './token_batch';

/** What the policy says of a microbatch's rows: log-probabilities, and of the heads what the loss needs. */
type ForLoss = Pick<RowOutputs, 'logps'> & Partial<RowOutputs>;

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
  options: BackwardOptions = {},
): MicrobatchResult {
  const positions = rowPositions(batch, examples);
  const wanted = (['logps', 'values', 'scores'] as const).filter((name) => name === 'logps' || loss.needs?.[name]);
  const tokenRows = positions.map((i) => batch.rows[i] as TokenBatch['rows'][number]);
  const { logps, values, scores }: ForLoss = rowOutputs(policy, tokenRows, wanted, options);
  const rows: Rows = { policy: logps, reference: reference && padded(reference, positions, logps), values, scores };
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
      const half = (first: number) => rowsFrom(rows, first, examples.length);
      const { margins } = batch;
      const pairs = {
        ...placed,
        chosen: half(0),
        rejected: half(examples.length),
        ...(margins && { margins: tf.tensor1d(examples.map((i) => margins[i] as number)) }),
      };
      const result = loss.losses(pairs, statistics);
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

function rowsFrom({ policy, reference, values, scores }: Rows, first: number, count: number): Rows {
  const matrix = (x: tf.Tensor2D) => tf.slice2d(x, [first, 0], [count, -1]);
  const logps = ({ tokens, mask }: Logps) => ({ tokens: matrix(tokens), mask: matrix(mask) });
  return {
    policy: logps(policy),
    reference: reference && logps(reference),
    values: values && matrix(values),
    scores: scores && tf.slice1d(scores, first, count),
  };
}
