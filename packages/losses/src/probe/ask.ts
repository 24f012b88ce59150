import * as tf from '@tensorflow/tfjs-core';
import type { BinaryResult, Loss, LossResult, PreferenceResult, Prepared, Rows } from '../contract';
import { preparedBatch, type Reads } from './inputs';
import type { Probe } from './probe';

/** `prepare` on a probe, from the loss's initial state; undefined where the loss has none. */
export function prepare(loss: Loss, probe: Probe, reads?: Reads): Prepared<unknown, unknown> | undefined {
  if (!loss.prepare) return undefined;
  // The batch is of the loss's own kind of feedback, which the types do not see.
  const batch = preparedBatch(loss, probe, reads);
  return (loss.prepare as (batch: unknown, state: unknown) => Prepared<unknown, unknown>)(batch, loss.initialState);
}

/** `losses` on rows of a probe's sides, which are its examples at `indices`. */
export function ask(
  loss: Loss,
  sides: readonly Rows[],
  { desirable }: Probe,
  indices: readonly number[],
  statistics: unknown,
): LossResult | BinaryResult | PreferenceResult {
  const [first, second] = sides as [Rows, Rows];
  switch (loss.feedback) {
    case 'demonstrations':
      return loss.losses(extended(first, { indices }), statistics);
    case 'binary':
      return loss.losses(
        extended(first, { indices, desirable: tf.tensor1d(indices.map((i) => Number(desirable[i]))) }),
        statistics,
      );
    case 'preferences':
      return loss.losses({ indices, chosen: first, rejected: second }, statistics);
  }
}

/** Both in one, without reading either yet. */
function extended<T extends object, U extends object>(rows: T, more: U): T & U {
  return new Proxy(rows, {
    get: (target, key) => Reflect.get(key in more ? more : target, key),
    has: (target, key) => key in more || key in target,
    ownKeys: (target) => [...Reflect.ownKeys(target), ...Reflect.ownKeys(more)],
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(key in more ? more : target, key),
  }) as T & U;
}
