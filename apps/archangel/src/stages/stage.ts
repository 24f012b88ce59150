import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import type { Dataset, LossScale, Reference } from '@halokit/trainer';
import type { RunKeeper } from '../survival/run_keeper';
import type { Recipe } from './recipe';

/** Training of one policy with one loss. */
export interface Stage {
  /** Its name for the person: `KTO`. */
  readonly label: string;
  /** Where its metrics, plan and model go. */
  readonly folder: string;
  readonly policy: CausalLM;
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  /** Against gradients that vanish, where matrices are multiplied in float16. */
  readonly lossScale?: LossScale;
  /** Whether several ranks divide the optimiser's state among them. */
  readonly shardOptimizer?: boolean;
  /** What an adapter of the policy stands on, for whoever loads it: a folder, or a name on the hub. */
  readonly base?: string;
  /** Files to keep beside the weights: the tokenizer's. */
  readonly files: Readonly<Record<string, string>>;
  /** Tokens as text. */
  readonly decode: (tokens: Int32Array) => string;
  /** Keeps the stage from being lost; without one it is trained in one go. */
  readonly keeper?: RunKeeper;
}
