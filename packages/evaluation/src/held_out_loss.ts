import { type CausalLM, logpRows, type TokenRow } from '@halokit/models';
import { checkRow } from './check_row';
import type { Logps } from './log_ratios';
import type { Estimate } from './statistics/interval';
import { meanInterval } from './statistics/mean_interval';

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
  return meanInterval(await heldOutLosses(model, rows, options));
}

/** The loss per token of each response. */
export async function heldOutLosses(
  model: CausalLM,
  rows: readonly TokenRow[],
  options: { rowsAtOnce?: number } = {},
): Promise<number[]> {
  rows.forEach((row, i) => {
    checkRow(row, `example ${i}`, model);
  });
  return lossesPerToken(await logpRows(model, rows, options));
}

/** The mean from the log-probabilities of each response's tokens, where they are known. */
export function lossPerToken(logps: readonly Logps[]): Estimate {
  return meanInterval(lossesPerToken(logps));
}

/** The same, of each response. */
export function lossesPerToken(logps: readonly Logps[]): number[] {
  return logps.map((row) => -sumOf(row) / row.length);
}

function sumOf(row: Logps): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] as number;
  return sum;
}
