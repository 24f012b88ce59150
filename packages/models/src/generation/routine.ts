import * as tf from '@tensorflow/tfjs-core';

type Compute = (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];

/** A function of tensors that a loop computes with other tensors of the same shapes every time. */
export interface Routine {
  call(inputs: readonly tf.Tensor[]): readonly tf.Tensor[];
  dispose(): void;
}

/** A backend that can compute a function again without calling it. */
interface RepeatingBackend {
  routine?(compute: Compute): Routine;
}

/**
 * A function that, where the backend can, is called once and then repeated: describing a step anew takes longer than
 * computing it where a model is small. Elsewhere it is called every time.
 *
 * @param compute reads its inputs and tensors that do not change, and looks at no numbers; there is no gradient
 */
export function routine(compute: Compute): Routine {
  const repeated = (tf.backend() as RepeatingBackend).routine?.(compute);
  return repeated ?? { call: (inputs) => tf.tidy(() => [...compute(inputs)]), dispose() {} };
}
