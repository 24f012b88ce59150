import { type CausalLM, logpRows } from '@halokit/models';
import { type Estimate, meanInterval } from './interval';

/**
 * KL(policy || reference) in nats per response, estimated on responses the policy sampled at temperature 1:
 *
 *     mean over y ~ pi of log pi(y | x) - log pi_ref(y | x)
 *
 * On greedy responses it is not a KL but their mean log-ratio: how much likelier they became.
 */
export async function sampledKl(
  policy: CausalLM,
  reference: CausalLM,
  rows: readonly { readonly prompt: Int32Array; readonly response: Int32Array }[],
  options: { rowsAtOnce?: number } = {},
): Promise<Estimate> {
  const [p, r] = [await logpRows(policy, rows, options), await logpRows(reference, rows, options)];
  const ratios = p.map((row, i) => row.reduce((sum, logp, t) => sum + logp - ((r[i] as Float32Array)[t] as number), 0));
  return meanInterval(ratios);
}
