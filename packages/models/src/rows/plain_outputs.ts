import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { groupPasses, type RowGroup } from './group_passes';
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
 * together: at most `rowsAtOnce`, and no more than `tokensAtOnce` tokens, padding counted (a single row may have more).
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
  const places = rowsByPrompt(rows).flatMap((group) => inParts(group, rowsAtOnce));
  const groups = places.map((group) => rowGroup(group.map((i) => rows[i] as TokenRow)));
  const passes = groupPasses(groups, { rows: rowsAtOnce, tokens: tokensAtOnce });
  return passes.map((pass) => pass.flatMap((group) => places[group] as number[]));
}

function inParts<T>(items: readonly T[], most: number): T[][] {
  const starts = [...items.keys()].filter((i) => i % most === 0);
  return starts.map((start) => items.slice(start, start + most));
}

/** Rows of one prompt. */
function rowGroup(rows: readonly TokenRow[]): RowGroup {
  const responses = rows.map(({ response }) => response.length);
  const prompt = (rows[0] as TokenRow).prompt.length;
  const sum = responses.reduce((total, n) => total + n, prompt);
  return { rows: rows.length, longest: prompt + Math.max(...responses), shared: sum };
}
