import type { Loss } from '@halokit/losses';
import type { ModelConfig } from '@halokit/models';
import type { AdapterFacts, Dataset } from '@halokit/trainer';
import type { Walk } from '../stages/stage_plan';
import type { Stored } from '../stages/storage';

/** Training that has not begun. */
export interface Intent extends Stored {
  readonly config: ModelConfig;
  readonly loss: Loss;
  readonly dataset: Dataset;
  /** All of the data, where `dataset` is a part of it: what a streamed reference goes through. */
  readonly all?: Dataset;
  readonly walk: Walk;
  readonly optimizer: 'rmsprop' | 'adamw';
  /** What is trained in place of the weights. */
  readonly adapter?: AdapterFacts;
  /** Its log-probabilities are asked for before the first step, and the model as it was is not kept. Default: false. */
  readonly askedBefore?: boolean;
  /** The model as it was is read from its checkpoint layer by layer, before the first step, and not kept. Default: false. */
  readonly streamed?: boolean;
  /** Of SFT, where that comes first: its optimiser, and what it trains in place of the weights. */
  readonly first?: { readonly optimizer: 'rmsprop' | 'adamw'; readonly adapter?: AdapterFacts };
  /** Each layer is computed again in the backward pass. Default: false. */
  readonly gradientCheckpointing?: boolean;
  /** Ranks that share each batch. Default: 1. */
  readonly ranks?: number;
  /** They divide the optimiser's state. Default: false. */
  readonly shardOptimizer?: boolean;
  /** A graphics processor computes. Default: false. */
  readonly onGpu?: boolean;
  /** Rows that the reference computes at once. */
  readonly rowsAtOnce: number;
}
