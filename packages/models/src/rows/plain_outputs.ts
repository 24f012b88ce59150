import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { type RowOutputs, rowOutputs } from './row_outputs';
import { rowsByPrompt } from './rows_by_prompt';
import type { TokenRow } from './token_row';

export interface LogpRowsOptions {
  readonly rowsAtOnce?: number;
  readonly tokensAtOnce?: number;
}

/** `RowOutputs` as plain data: an array per row with a number per response token, and one score per row. */
export interface PlainOutputs {
  readonly logps: Float32Array[];
  readonly values: Float32Array[];
  readonly scores: Float32Array;
}

/**
 * What `rowOutputs` computes, without gradient, in the order given. Rows of one prompt and of like length are computed
 * together: at most `rowsAtOnce`, and no more than `tokensAtOnce` tokens, padding counted.
 *
 * @param wanted which of them, each once
 * @throws InputError as `rowOutputs` does
 */
export async function plainOutputs<K extends keyof PlainOutputs>(
  model: CausalLM,
  rows: readonly TokenRow[],
  wanted: readonly K[],
  options: LogpRowsOptions = {},
): Promise<Pick<PlainOutputs, K>> {
  const result: PlainOutputs = {
    logps: new Array<Float32Array>(rows.length),
    values: new Array<Float32Array>(rows.length),
    scores: new Float32Array(rows.length),
  };
  for (const chunk of plainPasses(rows, options)) {
    const chunkRows = chunk.map((i) => rows[i] as TokenRow);
    const outputs: Partial<RowOutputs> = rowOutputs(model, chunkRows, wanted);
    const perToken = async (tensor: tf.Tensor2D, into: Float32Array[]) => {
      const numbers = await tensor.data<'float32'>();
      chunk.forEach((i, row) => {
        const first = row * tensor.shape[1];
        into[i] = numbers.slice(first, first + (rows[i] as TokenRow).response.length);
      });
    };
    if (outputs.logps) await perToken(outputs.logps.tokens, result.logps);
    if (outputs.values) await perToken(outputs.values, result.values);
    if (outputs.scores) {
      const scores = await outputs.scores.data<'float32'>();
      chunk.forEach((i, row) => {
        result.scores[i] = scores[row] as number;
      });
    }
    tf.dispose([outputs.logps?.tokens, outputs.logps?.mask, outputs.values, outputs.scores]);
  }
  return Object.fromEntries(wanted.map((name) => [name, result[name]])) as unknown as Pick<PlainOutputs, K>;
}

/** The forward passes that `plainOutputs` makes, one after the other: which rows are computed together, by their places. */
export function plainPasses(
  rows: readonly TokenRow[],
  { rowsAtOnce = 8, tokensAtOnce = 4096 }: LogpRowsOptions = {},
): number[][] {
  const length = (i: number) => (rows[i] as TokenRow).prompt.length + (rows[i] as TokenRow).response.length;
  const order = likeTogether(rows, length);
  const passes: number[][] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    let longest = length(order[start] as number);
    for (end = start + 1; end < order.length && end - start < rowsAtOnce; end++) {
      longest = Math.max(longest, length(order[end] as number));
      if ((end + 1 - start) * longest > tokensAtOnce) break;
    }
    passes.push(order.slice(start, end));
  }
  return passes;
}

/** Places of the rows by length, those of one prompt next to each other where the longest of them belongs. */
function likeTogether(rows: readonly TokenRow[], length: (place: number) => number): number[] {
  const groups = rowsByPrompt(rows).map((places) => ({ places, longest: Math.max(...places.map(length)) }));
  return groups.sort((a, b) => a.longest - b.longest).flatMap(({ places }) => places);
}
