import type { Loss } from '@halokit/losses';
import type { BackwardOptions, CausalLM, PassLimits } from '@halokit/models';
import type { Optimizer } from './optimizer';
import type { Communicator } from './parallel/communicator';
import type { Reference } from './reference';

/** What stays the same from step to step. */
export interface StepContext extends BackwardOptions {
  readonly policy: CausalLM;
  readonly loss: Loss;
  readonly reference?: Reference;
  readonly optimizer: Optimizer;
  /** Largest gradient norm; larger gradients are scaled down to it. */
  readonly maxGradNorm?: number;
  /** What the loss is multiplied by before its gradient is taken, and the gradient divided by before it is clipped. Default: 1. */
  readonly lossScale?: number;
  /** Of the draws of an adapter's dropout, with the number of the update and of the microbatch. Default: 0. */
  readonly seed?: number;
  /** The ranks that share the batch, all of which make this step. */
  readonly communicator?: Communicator;
  /** What a rank computes at once of its share. Default: as many examples as the largest microbatch has. */
  readonly limits?: PassLimits;
}
