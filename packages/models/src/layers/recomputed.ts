import * as tf from '@tensorflow/tfjs-core';

/** What is computed again, and what it reads. */
interface Recomputed {
  /** Computes the result from `x`, `fixed` and the weights, which it reads by itself. */
  readonly run: (x: tf.Tensor, fixed: readonly tf.Tensor[]) => tf.Tensor;
  readonly x: tf.Tensor;
  /** Every weight that it reads and that has a gradient. */
  readonly weights: readonly tf.Variable[];
  /** What it reads besides, without gradient. */
  readonly fixed: readonly tf.Tensor[];
}

/**
 * Gradient checkpointing: y = f(x, weights), of which the backward pass keeps nothing but the inputs. It computes f again,
 * and its gradients from that.
 *
 * Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost".
 *
 * @returns what `run` returns; gradients reach `x` and `weights`
 */
export function recomputed({ run, x, weights, fixed }: Recomputed): tf.Tensor {
  const operation = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as tf.GradSaveFunc;
    save([x, ...fixed]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, ...fixed] = saved as [tf.Tensor, ...tf.Tensor[]];
      return besideTheTape(() => tf.grads((x) => run(x as tf.Tensor, fixed))([x, ...weights], dy));
    };
    return { value: run(x, fixed), gradFunc };
  });
  return operation(x, ...weights);
}

/** A gradient within a backward pass would otherwise begin a tape of its own and drop the one that is being gone through. */
function besideTheTape<T>(gradient: () => T): T {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return gradient();
  } finally {
    state.activeTape = tape;
  }
}
