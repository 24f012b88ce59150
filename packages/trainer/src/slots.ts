import * as tf from '@tensorflow/tfjs-core';
import { InputError } from './input_error';
import type { OptimizerState } from './optimizer';

/** Optimiser state: one tensor per weight, 0 until it is first set. */
export class Slots {
  readonly tensors = new Map<string, tf.Tensor>();

  get(name: string, like: tf.Tensor): tf.Tensor {
    return this.tensors.get(name) ?? tf.zerosLike(like);
  }

  /** Takes the tensor over, whatever tidy it was made in. */
  set(name: string, value: tf.Tensor): void {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tf.keep(value));
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}

/**
 * Puts a state's tensors into an optimiser's slots.
 *
 * @throws InputError, before anything is changed, when they are not the slots of the state
 */
export function restoreSlots(optimizer: string, slots: Readonly<Record<string, Slots>>, state: OptimizerState): void {
  const [own, given] = [Object.keys(slots), Object.keys(state.slots)].map((names) => names.sort().join(', '));
  if (own !== given) throw new InputError(`${optimizer} keeps ${own}, and the state holds ${given || 'nothing'}.`);
  for (const [name, slot] of Object.entries(slots)) {
    slot.dispose();
    for (const [weight, tensor] of state.slots[name] ?? []) slot.set(weight, tensor);
  }
}
