import type { CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { gradientNorm } from '../clip';
import type { Optimizer } from '../optimizer';
import type { BatchGradient } from './batch_gradient';
import { type Bucket, countsOf, type Segment, segmentsOf, withOnly } from './buckets';
import type { Communicator } from './communicator';
import { gatherWeights } from './gather_weights';
import { overBuckets } from './over_buckets';
import { trainedBuckets } from './sharded_optimizer';

/**
 * Sums gradients over the ranks and leaves each its parts of the sums, with which it updates its parts of the weights.
 *
 * @param sums of the rank's examples; parts of all ranks' afterwards
 */
export async function shardedGradient(
  policy: Pick<CausalLM, 'weights'>,
  optimizer: Optimizer,
  sums: Map<string, tf.Tensor>,
  communicator: Communicator,
): Promise<BatchGradient> {
  const { rank, size } = communicator;
  const known = new Set(sums.keys());
  for (const name of known) optimizer.sharding?.names.add(name);
  const buckets = trainedBuckets(policy).flatMap((bucket) => withOnly(known, bucket));
  const ownOf = (bucket: Bucket) => segmentsOf(bucket, rank, size);
  await overBuckets(buckets, sums, communicator, async (bucket, { numbers, tensor }) => {
    await communicator.reduceScatter(numbers, countsOf(bucket, size));
    for (const { name } of tensor ? bucket.entries : []) sums.delete(name);
    for (const { name, from, to, start } of ownOf(bucket)) {
      const part = numbers.subarray(start + from, start + to);
      // Backends that keep what they are given would keep all of it.
      sums.set(name, tf.tensor1d(tensor ? part : part.slice()));
    }
    tensor?.dispose();
  });
  const own = sums.size > 0 ? await gradientNorm([...sums.values()]) : 0;
  const squares = Float64Array.of(own * own);
  await communicator.allReduce(squares);
  return {
    norm: Math.sqrt(squares[0] as number),
    async update(learningRate, scale) {
      const segments = buckets.flatMap(ownOf);
      const shards = new Map(segments.map((segment) => [segment.name, shardOf(policy, segment)]));
      try {
        optimizer.update(shards, sums, learningRate, scale);
        await gatherWeights(policy, buckets, shards, communicator);
      } finally {
        tf.dispose([...shards.values()]);
      }
    },
  };
}

/** A part of a weight, flat, to be updated. */
function shardOf({ weights }: Pick<CausalLM, 'weights'>, { name, from, to }: Segment): tf.Variable {
  const weight = weights.get(name) as tf.Variable;
  return tf.tidy(() => tf.variable(tf.slice1d(tf.reshape(weight, [weight.size]), from, to - from), false));
}
