import type { CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { type MicrobatchResult, tensorsOf } from './microbatch';

/** Gradients of a model's weights, summed over microbatches. */
export class Gradients {
  readonly sums = new Map<string, tf.Tensor>();

  constructor(private readonly model: CausalLM) {}

  /**
   * Adds the gradient of `scale` x (sum of losses) / `examples`, and returns the microbatch's tensors, which the caller
   * disposes.
   */
  add(losses: () => MicrobatchResult, examples: number, scale: number): MicrobatchResult {
    let result: MicrobatchResult | undefined;
    const variables = [...this.model.weights.values()];
    const { value, grads } = tf.variableGrads(() => {
      result = losses();
      for (const tensor of tensorsOf(result)) tf.keep(tensor);
      const mean = tf.div(tf.sum(result.losses), examples) as tf.Scalar;
      return scale === 1 ? mean : (tf.mul(mean, scale) as tf.Scalar);
    }, variables);
    value.dispose();
    for (const [name, variable] of this.model.weights) {
      const gradient = grads[variable.name];
      if (!gradient) continue;
      const sum = this.sums.get(name);
      if (!sum) {
        this.sums.set(name, gradient);
        continue;
      }
      this.sums.set(name, tf.add(sum, gradient));
      tf.dispose([sum, gradient]);
    }
    return result as MicrobatchResult;
  }

  /** The gradient of losses that do not depend on these weights. */
  addZeros(names: readonly string[]): void {
    for (const name of names) this.sums.set(name, tf.zerosLike(this.model.weights.get(name) as tf.Tensor));
  }

  dispose(): void {
    tf.dispose([...this.sums.values()]);
    this.sums.clear();
  }
}
