import { type CausalLM, logpRows } from '@halokit/models';
import { type Estimate, meanInterval } from './interval';

/** Negative log-probability per token of responses not trained on, in nats: a mean over responses, with its interval. */
export async function heldOutLoss(
  model: CausalLM,
  rows: readonly { readonly prompt: Int32Array; readonly response: Int32Array }[],
  options: { rowsAtOnce?: number } = {},
): Promise<Estimate> {
  const logps = await logpRows(model, rows, options);
  return meanInterval(logps.map((row) => -row.reduce((sum, logp) => sum + logp, 0) / row.length));
}
