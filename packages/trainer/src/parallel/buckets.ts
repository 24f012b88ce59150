/** Tensors that go over the network as one array, one after the other. */
export interface Bucket {
  readonly entries: readonly BucketEntry[];
  /** Elements of all of them. */
  readonly size: number;
}

export interface BucketEntry {
  readonly name: string;
  /** Where its elements begin in the bucket. */
  readonly start: number;
  readonly size: number;
}

/** A part of a tensor, in elements. */
export interface Segment {
  readonly name: string;
  /** Where the tensor begins in its bucket. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Elements of a bucket of small tensors, at most: 1 MB. Fewer exchanges cost less latency. */
const bucketElements = 1 << 18;

/** Elements from which on a tensor is a bucket by itself, and need not be copied: 256 KB. */
const large = 1 << 16;

/** Puts small tensors together, in their order; each bucket stands where its last tensor does. */
export function bucketsOf(tensors: Iterable<readonly [string, { readonly size: number }]>): Bucket[] {
  const buckets: Bucket[] = [];
  let small: BucketEntry[] = [];
  let filled = 0;
  const close = () => {
    if (small.length > 0) buckets.push({ entries: small, size: filled });
    [small, filled] = [[], 0];
  };
  for (const [name, { size }] of tensors) {
    if (size >= large) buckets.push({ entries: [{ name, start: 0, size }], size });
    else {
      if (filled + size > bucketElements) close();
      small.push({ name, start: filled, size });
      filled += size;
    }
  }
  close();
  return buckets;
}

/** The same bucket with gaps where other tensors are; none where nothing is left. */
export function withOnly(names: ReadonlySet<string>, { entries, size }: Bucket): Bucket[] {
  const kept = entries.filter(({ name }) => names.has(name));
  return kept.length > 0 ? [{ entries: kept, size }] : [];
}

/** Elements of each rank's part of a bucket: the same number, or one more. */
export function countsOf({ size }: Bucket, ranks: number): number[] {
  return Array.from({ length: ranks }, (_, rank) => Math.floor(size / ranks) + (rank < size % ranks ? 1 : 0));
}

/** What of its tensors lies in a rank's part of a bucket. */
export function segmentsOf(bucket: Bucket, rank: number, ranks: number): Segment[] {
  const counts = countsOf(bucket, ranks);
  const first = counts.slice(0, rank).reduce((sum, count) => sum + count, 0);
  const end = first + (counts[rank] as number);
  return bucket.entries.flatMap(({ name, start, size }) => {
    const [from, to] = [Math.max(first - start, 0), Math.min(end - start, size)];
    return from < to ? [{ name, start, from, to }] : [];
  });
}
