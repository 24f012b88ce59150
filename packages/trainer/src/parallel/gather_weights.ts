import type { CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { ByWeight } from '../optimizer';
import { type Bucket, countsOf, segmentsOf } from './buckets';
import type { Communicator } from './communicator';
import { inPlace, numbersOf } from './numbers';
import type { BucketNumbers } from './over_buckets';

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
      const work = gatherBucket(policy, bucket, await withOwn(policy, bucket, shards, communicator), communicator);
      work.catch(() => {});
      underWay.push(work);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  await Promise.all(underWay);
}

/** A bucket with the rank's part of it filled in, where the weight lies if that can be. */
async function withOwn(
  { weights }: Pick<CausalLM, 'weights'>,
  { entries, ...bucket }: Bucket,
  shards: ByWeight,
  { rank, size }: Communicator,
): Promise<BucketNumbers> {
  const segments = segmentsOf({ ...bucket, entries }, rank, size);
  // First, so that nobody reads the old weights any more.
  const parts = await Promise.all(segments.map(({ name }) => numbersOf(shards.get(name))));
  const [first] = entries;
  const tensor = first?.size === bucket.size ? weights.get(first.name) : undefined;
  const own = tensor && (await inPlace(tensor));
  const numbers = own ?? new Float32Array(bucket.size);
  for (const [i, { from, start }] of segments.entries()) numbers.set(parts[i] ?? [], start + from);
  return { numbers, ...(own && { tensor }) };
}

async function gatherBucket(
  { weights }: Pick<CausalLM, 'weights'>,
  bucket: Bucket,
  { numbers, tensor }: BucketNumbers,
  communicator: Communicator,
): Promise<void> {
  await communicator.allGather(numbers, countsOf(bucket, communicator.size));
  if (tensor) return;
  for (const { name, start, size } of bucket.entries) {
    const weight = weights.get(name) as tf.Variable;
    tf.tidy(() => weight.assign(tf.tensor(numbers.subarray(start, start + size), weight.shape)));
  }
}
