import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Sharding } from './parallel/sharding';

/** Tensors by the name of the weight they belong to. */
export type ByWeight<T extends Tensor = Tensor> = ReadonlyMap<string, T>;

/** What an optimiser knows: the number of updates it has made, and tensors by slot and weight. */
export interface OptimizerState {
  readonly updates: number;
  readonly slots: Readonly<Record<string, ByWeight>>;
}

/** An update rule with its state: one tensor per weight and slot, made at the first update. */
export interface Optimizer {
  readonly name: string;
  /**
   * Updates the weights in place. Gradients stay the caller's to dispose of.
   *
   * @param gradientScale what gradients are multiplied by first: the factor of clipping
   */
  update(weights: ByWeight<Variable>, gradients: ByWeight, learningRate: number, gradientScale?: number): void;
  /** What a checkpoint keeps. Its tensors are good until the next update. */
  readonly state: OptimizerState;
  /**
   * Goes on from a state that one of its kind had: it takes the tensors over, in place of its own.
   *
   * @throws InputError when the slots are those of another kind
   */
  restore(state: OptimizerState): void;
  dispose(): void;
  /** Where its tensors are parts of the weights', of which every rank has its own: see `shardedOptimizer`. */
  readonly sharding?: Sharding;
}
