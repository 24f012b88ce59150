import * as tf from '@tensorflow/tfjs-core';
import type { DemonstrationLoss } from './contract';
import { sequenceLogps } from './log_ratio';

export interface SftOptions {
  /** `token-mean`: every response token of the batch weighs the same. `sequence`: every response does (Archangel). */
  readonly reduction?: 'token-mean' | 'sequence';
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
    prepare({ rows }) {
      if (reduction === 'sequence') return { statistics: { tokensPerExample: 1 } };
      const tokens = rows.lengths.reduce((sum, length) => sum + length, 0);
      return { statistics: { tokensPerExample: Math.max(tokens, 1) / rows.lengths.length } };
    },
    losses({ policy }, { tokensPerExample }) {
      return { losses: tf.div(sequenceLogps(policy), -tokensPerExample) };
    },
  };
}
