import type { BinaryLoss } from '../contract';
import { negativeLogps, type Reduction, tokensPerExample } from '../likelihood';
import { sequenceLogps } from '../log_ratio';

export interface CsftOptions {
  /** `token-mean`: every response token of the batch weighs the same. `sequence`: every response does (Archangel). */
  readonly reduction?: Reduction;
}

export const csftDefaults: Required<CsftOptions> = { reduction: 'token-mean' };

/**
 * Conditional supervised fine-tuning: every response is imitated, the bad ones too, after a control token at the end of
 * the prompt that says which it is. To sample, the prompt ends in the good token.
 *
 *     loss_i = -log pi(y_i | x_i, c_i),  c = <|good|> or <|bad|>, divided as in `sft`
 *
 * Rewards are log pi(y_i | x_i, c_i).
 *
 * Source: Korbak et al., "Pretraining Language Models with Human Preferences", section 2 ("conditional training").
 */
export function csft(options: CsftOptions = {}): BinaryLoss<{ tokensPerExample: number }> {
  const { reduction } = { ...csftDefaults, ...options };
  return {
    name: 'csft',
    feedback: 'binary',
    needs: { controlTokens: true },
    prepare: ({ rows }) => ({ statistics: { tokensPerExample: tokensPerExample(rows, reduction) } }),
    losses: ({ policy }, statistics) => ({
      losses: negativeLogps(policy, statistics.tokensPerExample),
      rewards: sequenceLogps(policy),
    }),
  };
}
