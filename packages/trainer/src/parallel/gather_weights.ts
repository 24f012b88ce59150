import type { CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { ByWeight } from '../optimizer';
import { type Bucket, countsOf, segmentsOf } from './buckets';
import type { Communicator } from './communicator';

/** Buckets of new weights that may be under way at once: what they take is memory beside the weights. */
const mostUnderWay = 4;

/** Gives every rank all weights, of which each has its parts in `shards`. */
export async function gatherWeights(
  policy: Pick<CausalLM, 'weights'>,
  buckets: readonly Bucket[],
  shards: ByWeight,
  communicator: Communicator,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  try {
    for (const bucket of buckets) {
      await underWay.at(-mostUnderWay);
      const work = gatherBucket(policy, bucket, await ownNumbers(bucket, shards, communicator), communicator);
      work.catch(() => {});
      underWay.push(work);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  await Promise.all(underWay);
}

/** A bucket with the rank's part of it filled in: with what was updated, for weights that were. */
async function ownNumbers(bucket: Bucket, shards: ByWeight, { rank, size }: Communicator): Promise<Float32Array> {
  const numbers = new Float32Array(bucket.size);
  for (const { name, from, start } of segmentsOf(bucket, rank, size)) {
    numbers.set((await shards.get(name)?.data<'float32'>()) ?? [], start + from);
  }
  return numbers;
}

async function gatherBucket(
  { weights }: Pick<CausalLM, 'weights'>,
  bucket: Bucket,
  numbers: Float32Array,
  communicator: Communicator,
): Promise<void> {
  await communicator.allGather(numbers, countsOf(bucket, communicator.size));
  for (const { name, start, size } of bucket.entries) {
    const weight = weights.get(name) as tf.Variable;
    tf.tidy(() => weight.assign(tf.tensor(numbers.subarray(start, start + size), weight.shape)));
  }
}
