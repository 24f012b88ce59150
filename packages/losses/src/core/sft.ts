import type { DemonstrationLoss } from '../contract';
import { negativeLogps, type Reduction, tokensPerExample } from '../likelihood';

export interface SftOptions {
  /** `token-mean`: every response token of the batch weighs the same. `sequence`: every response does (Archangel). */
  readonly reduction?: Reduction;
}

export const sftDefaults: Required<SftOptions> = { reduction: 'token-mean' };

/**
 * Supervised fine-tuning: the negative log-likelihood of the response.
 *
 *     loss_i = -l_i                      reduction 'sequence'
 *     loss_i = -l_i x n / (tokens)       reduction 'token-mean'
 *
 * l_i is the log-probability of response i, n the examples and `tokens` the response tokens of the effective batch, so
 * that the mean over the n examples is the mean over all tokens, however the batch is cut into microbatches.
 *
 * Sources: HALOs `SFTTrainer` (the legacy branch reduces by sequence, main by token).
 *
 * @example
 * const loss = sft({ reduction: 'sequence' });
 */
export function sft(options: SftOptions = {}): DemonstrationLoss<{ tokensPerExample: number }> {
  const { reduction } = { ...sftDefaults, ...options };
  return {
    name: 'sft',
    feedback: 'demonstrations',
    prepare: ({ rows }) => ({ statistics: { tokensPerExample: tokensPerExample(rows, reduction) } }),
    losses: ({ policy }, statistics) => ({ losses: negativeLogps(policy, statistics.tokensPerExample) }),
  };
}
