import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Tensors by the name of the weight they belong to. */
export type ByWeight<T extends Tensor = Tensor> = ReadonlyMap<string, T>;

/** An update rule with its state: one tensor per weight and slot, made at the first update. */
export interface Optimizer {
  readonly name: string;
  /**
   * Updates the weights in place. Gradients stay the caller's to dispose of.
   *
   * @param gradientScale what gradients are multiplied by first: the factor of clipping
   */
  update(weights: ByWeight<Variable>, gradients: ByWeight, learningRate: number, gradientScale?: number): void;
  /** The state by slot and weight, and the number of updates made: what a checkpoint keeps. */
  readonly state: { readonly updates: number; readonly slots: Readonly<Record<string, ByWeight>> };
  dispose(): void;
}
