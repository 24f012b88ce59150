import type { Feedback, TokenizeOptions } from '@halokit/data';
import {
  Tally,
  toBinary,
  toDemonstrations,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
} from '@halokit/data';
import { type Estimate, heldOutBinaryRewards, heldOutLoss, heldOutRewards } from '@halokit/evaluation';
import type { CausalLM } from '@halokit/models';
import { progress } from '../terminal/progress';

/** One figure of an evaluation, by name. */
export interface Figure {
  readonly name: string;
  readonly estimate: Estimate;
  readonly unit: 'share' | 'nats' | 'reward';
}

export interface Evaluation {
  readonly policy: CausalLM;
  /** The model the policy started from, where its rewards are wanted. */
  readonly reference?: CausalLM;
  readonly heldOut: Feedback;
  readonly tokenize: TokenizeOptions;
  /** Scale of the rewards. */
  readonly beta: number;
  readonly rowsAtOnce: number;
}

/**
 * What can be said of a policy on examples it was not trained on: how well its implied reward tells chosen from
 * rejected, with the "shorter answer wins" rule beside it; for single responses, mean rewards of either class.
 */
export async function evaluate(evaluation: Evaluation): Promise<Figure[]> {
  const { policy, reference, heldOut, tokenize, beta, rowsAtOnce } = evaluation;
  if (!reference) {
    const rows = tokenizeDemonstrations(toDemonstrations(heldOut), tokenize, new Tally());
    const estimate = await heldOutLoss(policy, rows, { rowsAtOnce });
    return [{ name: 'held-out loss per token', estimate, unit: 'nats' }];
  }
  if (heldOut.kind === 'preferences') {
    const preferences = tokenizePreferences(heldOut.examples, tokenize, new Tally());
    const bar = progress('evaluating', preferences.length);
    const onProgress = (done: number) => bar.update(done);
    const rewards = await heldOutRewards({ policy, reference, preferences, beta, rowsAtOnce, onProgress });
    bar.end();
    return [
      { name: 'held-out reward accuracy', estimate: rewards.accuracy, unit: 'share' },
      { name: 'rule "the shorter answer wins"', estimate: rewards.shorterWins, unit: 'share' },
      { name: 'held-out reward margin', estimate: rewards.margin, unit: 'reward' },
    ];
  }
  const examples = tokenizeBinary(toBinary(heldOut), tokenize, new Tally());
  const rewards = await heldOutBinaryRewards({ policy, reference, examples, beta, rowsAtOnce });
  const n = examples.length;
  return [
    { name: 'held-out reward, desirable', estimate: rewards.desirable, unit: 'reward' },
    { name: 'held-out reward, undesirable', estimate: rewards.undesirable, unit: 'reward' },
    {
      name: 'area under the ROC curve',
      estimate: { value: rewards.auc, low: Number.NaN, high: Number.NaN, n },
      unit: 'share',
    },
  ];
}
