import type { CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { bucketsOf } from './buckets';
import type { Communicator } from './communicator';
import { overBuckets } from './over_buckets';

/** Replaces gradients by their sums over all ranks. */
export async function allReduceGradients(
  { weights }: Pick<CausalLM, 'weights'>,
  sums: Map<string, tf.Tensor>,
  communicator: Communicator,
): Promise<void> {
  // Behind the last layer first, as the backward pass goes.
  const order = [...weights].reverse().filter(([name]) => sums.has(name));
  await overBuckets(bucketsOf(order), sums, communicator, async ({ entries }, { numbers, tensor }) => {
    await communicator.allReduce(numbers);
    if (tensor) return;
    for (const { name, start, size } of entries) {
      sums.set(name, tf.tensor(numbers.subarray(start, start + size), weights.get(name)?.shape));
    }
  });
}
