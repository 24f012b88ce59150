import type * as tf from '@tensorflow/tfjs-core';
import type { Bucket } from './buckets';
import type { Communicator } from './communicator';
import { inPlace, readEarly } from './numbers';

/** The numbers of a bucket's tensors, one after the other; 0 where a tensor is missing. */
export interface BucketNumbers {
  readonly numbers: Float32Array;
  /** The bucket is one tensor, whose numbers these are: it changes with them. */
  readonly tensor?: tf.Tensor;
}

/**
 * Exchanges gradients bucket by bucket, each as soon as the backward pass has computed it and while that goes on with others;
 * where all ranks are on one machine, whose cores have enough to do, when it has ended. Copied numbers are taken out of `sums`, so
 * that no gradient is in memory twice.
 */
export async function overBuckets(
  buckets: readonly Bucket[],
  sums: Map<string, tf.Tensor>,
  { sameHost = false }: Pick<Communicator, 'sameHost'>,
  exchange: (bucket: Bucket, taken: BucketNumbers) => Promise<void>,
): Promise<void> {
  if (sameHost) for (const tensor of sums.values()) await inPlace(tensor);
  const underWay: Promise<void>[] = [];
  try {
    for (const bucket of buckets) {
      const work = exchange(bucket, await take(bucket, sums));
      work.catch(() => {});
      underWay.push(work);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  await Promise.all(underWay);
}

async function take({ entries, size }: Bucket, sums: Map<string, tf.Tensor>): Promise<BucketNumbers> {
  const [first] = entries;
  const tensor = first?.size === size ? sums.get(first.name) : undefined;
  const own = tensor && (await inPlace(tensor));
  if (own) return { numbers: own, tensor };
  const numbers = new Float32Array(size);
  for (const { name, start } of entries) {
    const tensor = sums.get(name);
    if (!tensor) continue;
    numbers.set(await readEarly(tensor), start);
    sums.delete(name);
    tensor.dispose();
  }
  return { numbers };
}
