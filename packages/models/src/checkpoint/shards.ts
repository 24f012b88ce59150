/** Tensors in shards of at most `maxBytes`, in their order; one that is larger has a shard to itself. */
export function intoShards<T extends { readonly bytes: number }>(tensors: readonly T[], maxBytes: number): T[][] {
  const shards: T[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const tensor of tensors) {
    if (filled + tensor.bytes > maxBytes) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)?.push(tensor);
    filled += tensor.bytes;
  }
  return shards;
}

/** A shard's name as Transformers gives it, counted from 0: `model-00001-of-00002.safetensors`. */
export function shardName(shard: number, count: number): string {
  if (count === 1) return 'model.safetensors';
  const digits = (n: number) => String(n).padStart(5, '0');
  return `model-${digits(shard + 1)}-of-${digits(count)}.safetensors`;
}

/** The content of `model.safetensors.index.json`: the bytes of all tensors, and which shard has which. */
export function shardIndex(shards: readonly (readonly { readonly name: string; readonly bytes: number }[])[]): object {
  const size = shards.flat().reduce((sum, { bytes }) => sum + bytes, 0);
  const names = shards.flatMap((shard, i) => shard.map(({ name }) => [name, shardName(i, shards.length)] as const));
  return { metadata: { total_size: size }, weight_map: Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
