import type { CausalLM } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import type { HeldOutExamples } from './held_out_examples';

/** Which policy is measured, against what, on which examples. */
export interface Evaluation {
  readonly policy: CausalLM;
  /** The model the policy started from. */
  readonly reference: Reference;
  readonly heldOut: HeldOutExamples;
  /** Judge by the scores of the policy's reward head rather than by its implied reward. */
  readonly byScores: boolean;
  /** Scale of the implied rewards. */
  readonly beta: number;
  readonly rowsAtOnce: number;
  /** Without a bar of its own: it is a part of something that has one. */
  readonly silent?: boolean;
}
