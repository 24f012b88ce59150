import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, hiddenStates, outputEmbedding } from './causal_lm';
import { InputError } from './input_error';
import { labelLogps } from './label_logps';
import type { TokenRow } from './token_row';

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
 * Rows are padded on the right to the longest; logits are computed only where a response token is predicted.
 *
 * @throws InputError for an empty prompt or response, or a row longer than the model's context
 */
export function tokenLogps(model: CausalLM, rows: readonly TokenRow[]): TokenLogps {
  const layout = layOut(model, rows);
  const width = model.config.hiddenSize;
  const tokens = tf.tidy(() => {
    const states = tf.reshape(hiddenStates(model, layout.ids()), [-1, width]) as tf.Tensor2D;
    const predicting = tf.gather(states, tf.tensor1d(layout.predicting, 'int32')) as tf.Tensor2D;
    const logps = labelLogps(predicting, outputEmbedding(model), tf.tensor1d(layout.labels, 'int32'));
    // One more entry, 0, is what every padded place points at.
    const padded = tf.concat1d([logps, tf.zeros([1])]);
    return tf.reshape(tf.gather(padded, tf.tensor1d(layout.places, 'int32')), layout.shape) as tf.Tensor2D;
  });
  return { tokens, mask: tf.tensor2d(layout.mask, layout.shape) };
}

/**
 * The same without gradient, as plain data: one array per row, in the order given. Rows of like length are computed
 * together: at most `rowsAtOnce`, and no more than `tokensAtOnce` tokens, padding counted.
 */
export async function logpRows(
  model: CausalLM,
  rows: readonly TokenRow[],
  { rowsAtOnce = 8, tokensAtOnce = 4096 }: LogpRowsOptions = {},
): Promise<Float32Array[]> {
  const length = (i: number) => (rows[i] as TokenRow).prompt.length + (rows[i] as TokenRow).response.length;
  const order = [...rows.keys()].sort((a, b) => length(a) - length(b) || a - b);
  const result = new Array<Float32Array>(rows.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    end = start + 1;
    while (
      end < order.length &&
      end - start < rowsAtOnce &&
      (end + 1 - start) * length(order[end] as number) <= tokensAtOnce
    )
      end++;
    const chunk = order.slice(start, end);
    const { tokens, mask } = tokenLogps(
      model,
      chunk.map((i) => rows[i] as TokenRow),
    );
    const values = await tokens.data<'float32'>();
    const longest = tokens.shape[1];
    chunk.forEach((i, row) => {
      result[i] = values.slice(row * longest, row * longest + (rows[i] as TokenRow).response.length);
    });
    tf.dispose([tokens, mask]);
  }
  return result;
}

/** Where everything stands: which padded positions predict a response token, which label, and where its answer goes. */
function layOut(model: CausalLM, rows: readonly TokenRow[]) {
  const longest = Math.max(...rows.map(({ prompt, response }) => prompt.length + response.length));
  const longestResponse = Math.max(...rows.map(({ response }) => response.length));
  const ids = new Int32Array(rows.length * longest);
  const shape: [number, number] = [rows.length, longestResponse];
  const mask = new Float32Array(rows.length * longestResponse);
  const total = rows.reduce((sum, { response }) => sum + response.length, 0);
  const places = new Int32Array(mask.length).fill(total);
  const predicting: number[] = [];
  const labels: number[] = [];
  rows.forEach((row, i) => {
    check(row, i, model);
    ids.set(row.prompt, i * longest);
    ids.set(row.response, i * longest + row.prompt.length);
    row.response.forEach((label, t) => {
      places[i * longestResponse + t] = labels.length;
      mask[i * longestResponse + t] = 1;
      predicting.push(i * longest + row.prompt.length + t - 1);
      labels.push(label);
    });
  });
  return { ids: () => tf.tensor2d(ids, [rows.length, longest], 'int32'), shape, mask, places, predicting, labels };
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
