import type { Loss } from '@halokit/losses';
import type { BackwardOptions, CausalLM } from '@halokit/models';
import type { Dataset } from './dataset';
import type { LossScale } from './loss_scale';
import type { Optimizer } from './optimizer';
import type { Communicator } from './parallel/communicator';
import type { BatchPlan } from './plan';
import type { Reference } from './reference';
import type { Schedule } from './schedule';
import type { TrainState } from './train_state';

/** Ways to go on after a batch whose loss or gradient is not finite. */
export type AfterNotFinite = 'skip' | 'lower';

export interface TrainOptions extends BackwardOptions {
  /** The model to train; its weights change in place. */
  readonly policy: CausalLM;
  /** Needed exactly when the loss says so. */
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly plan: BatchPlan;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Share of the learning rate at each update; constant when absent. */
  readonly schedule?: Schedule;
  /** Largest gradient norm; none when absent. */
  readonly maxGradNorm?: number;
  /** Against gradients that vanish in float16: a number, or `dynamic`, which finds it. Default: 1, which changes no number. */
  readonly lossScale?: LossScale;
  /** Longest KL row in tokens; the model's own limit when absent. */
  readonly maxLength?: number;
  /**
   * Goes on from the state of a run with the same options, whose weights the policy has and whose state the optimiser: to
   * the bit as if that run had not stopped, if the reference answers to the bit as it did.
   */
  readonly from?: TrainState;
  /**
   * What to do with a batch whose loss or gradient is not finite. `stop`, the default, throws a NotFiniteError; `skip` leaves
   * the batch out, and weights, optimiser and the loss's state as they were; `lower` does so too, and halves the learning
   * rate for the rest of the run.
   */
  readonly onNotFinite?: 'stop' | AfterNotFinite;
  /** Steps in a row that may be left out before the run stops all the same. Default: 5. */
  readonly mostSkipped?: number;
  /** Stops before the next step, or before the first while a reference prefetches; of several ranks any one's stops all. */
  readonly signal?: AbortSignal;
  /**
   * The ranks that train together, every one of which calls `train` with the same options: each takes a share of every batch, and
   * all have the same weights, metrics and state after each step. A reference is asked for all rows on every rank:
   * `sharedReference` divides them.
   */
  readonly communicator?: Communicator;
}
