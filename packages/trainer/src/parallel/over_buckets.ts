import * as tf from '@tensorflow/tfjs-core';
import type { Bucket } from './buckets';
import { readEarly } from './read_early';

/**
 * Exchanges gradients bucket by bucket, each as soon as the backward pass has computed it and while that goes on with others.
 * The tensors are taken out of `sums`, so that no gradient is in memory twice.
 *
 * @param exchange gets a bucket's numbers, 0 where a tensor has no gradient
 */
export async function overBuckets(
  buckets: readonly Bucket[],
  sums: Map<string, tf.Tensor>,
  exchange: (bucket: Bucket, numbers: Float32Array) => Promise<void>,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  try {
    for (const bucket of buckets) {
      const work = exchange(bucket, await takeNumbers(bucket, sums));
      work.catch(() => {});
      underWay.push(work);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  await Promise.all(underWay);
}

async function takeNumbers({ entries, size }: Bucket, sums: Map<string, tf.Tensor>): Promise<Float32Array> {
  const take = async (name: string) => {
    const tensor = sums.get(name);
    const numbers = tensor && (await readEarly(tensor));
    sums.delete(name);
    tf.dispose(tensor ?? []);
    return numbers;
  };
  const [first] = entries;
  if (first?.size === size) return (await take(first.name)) ?? new Float32Array(size);
  const joined = new Float32Array(size);
  for (const { name, start } of entries) joined.set((await take(name)) ?? [], start);
  return joined;
}
