import { type CausalLM, logpRows, type TokenRow } from '@halokit/models';
import { checkRow } from './check_row';
import type { Estimate } from './interval';
import { meanInterval } from './mean_interval';

/**
 * Negative log-probability per token of responses not trained on, in nats: a mean over responses, with its interval.
 *
 * @throws InputError for a row the model cannot read
 */
export async function heldOutLoss(
  model: CausalLM,
  rows: readonly TokenRow[],
  options: { rowsAtOnce?: number } = {},
): Promise<Estimate> {
  rows.forEach((row, i) => {
    checkRow(row, `example ${i}`, model);
  });
  const logps = await logpRows(model, rows, options);
  return meanInterval(logps.map((row) => -row.reduce((sum, logp) => sum + logp, 0) / row.length));
}
