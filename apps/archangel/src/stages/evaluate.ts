import {
  type Feedback,
  Tally,
  type TokenizedBinary,
  type TokenizedDemonstration,
  type TokenizedPreference,
  type TokenizeOptions,
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

/** Held-out examples, tokenized: what there is to say depends on their kind. */
export type HeldOutExamples =
  | { readonly kind: 'demonstrations'; readonly examples: readonly TokenizedDemonstration[] }
  | { readonly kind: 'preferences'; readonly examples: readonly TokenizedPreference[] }
  | { readonly kind: 'binary'; readonly examples: readonly TokenizedBinary[] };

/** Tokenizes held-out feedback: as it is where rewards are wanted, else what is worth imitating. */
export function heldOutExamples(feedback: Feedback, rewards: boolean, options: TokenizeOptions): HeldOutExamples {
  const tally = new Tally();
  if (!rewards) {
    return { kind: 'demonstrations', examples: tokenizeDemonstrations(toDemonstrations(feedback), options, tally) };
  }
  return feedback.kind === 'preferences'
    ? { kind: 'preferences', examples: tokenizePreferences(feedback.examples, options, tally) }
    : { kind: 'binary', examples: tokenizeBinary(toBinary(feedback), options, tally) };
}

export interface Evaluation {
  readonly policy: CausalLM;
  /** The model the policy started from. */
  readonly reference: CausalLM;
  readonly heldOut: HeldOutExamples;
  /** Scale of the rewards. */
  readonly beta: number;
  readonly rowsAtOnce: number;
}

/**
 * What can be said of a policy on examples it was not trained on: how well its implied reward tells chosen from
 * rejected, with the "shorter answer wins" rule beside it; for single responses, mean rewards of either class; for
 * demonstrations, the loss before and after.
 */
export async function evaluate({ policy, reference, heldOut, beta, rowsAtOnce }: Evaluation): Promise<Figure[]> {
  switch (heldOut.kind) {
    case 'demonstrations': {
      const loss = (model: CausalLM) => heldOutLoss(model, heldOut.examples, { rowsAtOnce });
      return [
        { name: 'loss per token, before', estimate: await loss(reference), unit: 'nats' },
        { name: 'loss per token, after', estimate: await loss(policy), unit: 'nats' },
      ];
    }
    case 'preferences': {
      const bar = progress('evaluating', heldOut.examples.length);
      const onProgress = (done: number) => bar.update(done);
      const options = { policy, reference, preferences: heldOut.examples, beta, rowsAtOnce, onProgress };
      const rewards = await heldOutRewards(options);
      bar.end();
      return [
        { name: 'reward accuracy', estimate: rewards.accuracy, unit: 'share' },
        { name: 'rule "the shorter answer wins"', estimate: rewards.shorterWins, unit: 'share' },
        { name: 'reward margin', estimate: rewards.margin, unit: 'reward' },
      ];
    }
    case 'binary': {
      const n = heldOut.examples.length;
      const rewards = await heldOutBinaryRewards({ policy, reference, examples: heldOut.examples, beta, rowsAtOnce });
      const area = { value: rewards.auc, low: Number.NaN, high: Number.NaN, n };
      return [
        { name: 'reward of desirable answers', estimate: rewards.desirable, unit: 'reward' },
        { name: 'reward of undesirable answers', estimate: rewards.undesirable, unit: 'reward' },
        { name: 'area under the ROC curve', estimate: area, unit: 'share' },
      ];
    }
  }
}
