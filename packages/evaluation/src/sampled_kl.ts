import type { CausalLM, TokenRow } from '@halokit/models';
import { logRatios } from './log_ratios';
import type { Estimate } from './statistics/interval';
import { meanInterval } from './statistics/mean_interval';

/**
 * KL(policy || reference) in nats per response, estimated on responses the policy sampled at temperature 1 and top-p 1:
 *
 *     mean over y ~ pi of log pi(y | x) - log pi_ref(y | x)
 *
 * On greedy or filtered responses it is not a KL but their mean log-ratio: how much likelier they became. Responses cut
 * at a limit give the KL up to that limit.
 *
 * @throws InputError for a sample no model can read, or a model whose answer is not finite
 */
export async function sampledKl(
  policy: CausalLM,
  reference: CausalLM,
  rows: readonly TokenRow[],
  options: { rowsAtOnce?: number } = {},
): Promise<Estimate> {
  return meanInterval(await logRatios({ ...options, policy, reference, rows, nameOf: (row) => `sample ${row}` }));
}
