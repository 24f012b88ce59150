import type { CausalLM } from '../causal_lm';
import type { BackwardOptions } from '../layer_stack';
import { type LogpRowsOptions, plainOutputs } from './plain_outputs';
import { rowOutputs, type TokenLogps } from './row_outputs';
import type { TokenRow } from './token_row';

/**
 * Log-probability of each response token given what stands before it, differentiable in the model's weights.
 *
 *     tokens[i, t] = log pi(response_i[t] | prompt_i, response_i[<t]),  0 after the response's end
 *
 * How it is computed is said at `rowOutputs`.
 *
 * @throws InputError for an empty prompt or response, or a row longer than the model's context
 */
export function tokenLogps(model: CausalLM, rows: readonly TokenRow[], options: BackwardOptions = {}): TokenLogps {
  return rowOutputs(model, rows, ['logps'], options).logps;
}

/** The same without gradient, as plain data: one array per row, in the order given. Batched as `plainOutputs` says. */
export async function logpRows(
  model: CausalLM,
  rows: readonly TokenRow[],
  options: LogpRowsOptions = {},
): Promise<Float32Array[]> {
  return (await plainOutputs(model, rows, ['logps'], options)).logps;
}
