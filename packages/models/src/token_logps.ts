import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, hiddenStates, outputEmbedding } from './causal_lm';
import { InputError } from './input_error';
import { labelLogps } from './label_logps';
import { rowsByPrompt } from './rows_by_prompt';
import { layOut } from './token_layout';
import type { TokenRow } from './token_row';
import { treeMask } from './tree_mask';

export interface LogpRowsOptions {
  readonly rowsAtOnce?: number;
  readonly tokensAtOnce?: number;
}

/** Log-probabilities of response tokens, [rows, longest response], and their mask: 1 where a token is, else 0. */
export interface TokenLogps {
  readonly tokens: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/**
 * Log-probability of each response token given what stands before it, differentiable in the model's weights.
 *
 *     tokens[i, t] = log pi(response_i[t] | prompt_i, response_i[<t]),  0 after the response's end
 *
 * Rows are padded on the right to the longest. Rows of one prompt share it, their responses behind each other under a mask
 * that keeps them apart, where that makes fewer tokens. Logits are computed only where a response token is predicted:
 * never for prompts and padding.
 *
 * @throws InputError for an empty prompt or response, or a row longer than the model's context
 */
export function tokenLogps(model: CausalLM, rows: readonly TokenRow[]): TokenLogps {
  rows.forEach((row, i) => {
    check(row, i, model);
  });
  const layout = layOut(rows);
  const shape: [number, number] = [...layout.shape];
  const tokens = tf.tidy(() => {
    const context = layout.tree && {
      positions: layout.tree.positions,
      mask: treeMask(tf.tensor2d(layout.tree.segments, shape, 'int32')),
    };
    const states = hiddenStates(model, tf.tensor2d(layout.ids, shape, 'int32'), context);
    const flat = tf.reshape(states, [-1, model.config.hiddenSize]) as tf.Tensor2D;
    const predicting = tf.gather(flat, tf.tensor1d(layout.predicting, 'int32')) as tf.Tensor2D;
    const logps = labelLogps(predicting, outputEmbedding(model), tf.tensor1d(layout.labels, 'int32'));
    // One more entry, 0, is what every padded place points at.
    const padded = tf.concat1d([logps, tf.zeros([1])]);
    return tf.reshape(tf.gather(padded, tf.tensor1d(layout.places, 'int32')), layout.answerShape) as tf.Tensor2D;
  });
  return { tokens, mask: tf.tensor2d(layout.mask, layout.answerShape) };
}

/**
 * The same without gradient, as plain data: one array per row, in the order given. Rows of one prompt and of like length
 * are computed together: at most `rowsAtOnce`, and no more than `tokensAtOnce` tokens, padding counted.
 */
export async function logpRows(
  model: CausalLM,
  rows: readonly TokenRow[],
  { rowsAtOnce = 8, tokensAtOnce = 4096 }: LogpRowsOptions = {},
): Promise<Float32Array[]> {
  const length = (i: number) => (rows[i] as TokenRow).prompt.length + (rows[i] as TokenRow).response.length;
  const order = likeTogether(rows, length);
  const result = new Array<Float32Array>(rows.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    let longest = length(order[start] as number);
    for (end = start + 1; end < order.length && end - start < rowsAtOnce; end++) {
      longest = Math.max(longest, length(order[end] as number));
      if ((end + 1 - start) * longest > tokensAtOnce) break;
    }
    const chunk = order.slice(start, end);
    const { tokens, mask } = tokenLogps(
      model,
      chunk.map((i) => rows[i] as TokenRow),
    );
    const values = await tokens.data<'float32'>();
    const width = tokens.shape[1];
    chunk.forEach((i, row) => {
      result[i] = values.slice(row * width, row * width + (rows[i] as TokenRow).response.length);
    });
    tf.dispose([tokens, mask]);
  }
  return result;
}

/** Places of the rows by length, those of one prompt next to each other where the longest of them belongs. */
function likeTogether(rows: readonly TokenRow[], length: (place: number) => number): number[] {
  const groups = rowsByPrompt(rows).map((places) => ({ places, longest: Math.max(...places.map(length)) }));
  return groups.sort((a, b) => a.longest - b.longest).flatMap(({ places }) => places);
}

function check({ prompt, response }: TokenRow, i: number, { config }: CausalLM): void {
  if (prompt.length === 0)
    throw new InputError(`Row ${i} has an empty prompt: nothing predicts its first response token.`);
  if (response.length === 0) throw new InputError(`Row ${i} has an empty response: drop it before training.`);
  const length = prompt.length + response.length;
  if (length > config.maxPositionEmbeddings) {
    throw new InputError(
      `Row ${i} is ${length} tokens long and the model's context ${config.maxPositionEmbeddings}: truncate it.`,
    );
  }
}
