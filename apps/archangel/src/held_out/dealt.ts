import { currentRanks, type Ranks } from '../ranks/ranks';

/**
 * Numbers of items that ranks find together: each is asked about a part of them, and all get all.
 *
 * @param each how many numbers an item has
 * @param find gives those of some items, one item's after the other's
 */
export async function dealt<T>(
  items: readonly T[],
  each: number,
  find: (some: readonly T[], from: number) => Promise<readonly number[]>,
  { communicator, rank, size }: Pick<Ranks, 'communicator' | 'rank' | 'size'> = currentRanks(),
): Promise<number[]> {
  if (!communicator) return [...(await find(items, 0))];
  const ends = Array.from({ length: size + 1 }, (_, i) => Math.floor((i * items.length) / size));
  const [from, to] = [ends[rank] as number, ends[rank + 1] as number];
  const all = new Float64Array(each * items.length);
  if (to > from) all.set(await find(items.slice(from, to), from), each * from);
  const counts = ends.slice(1).map((end, i) => each * (end - (ends[i] as number)));
  await communicator.allGather(all, counts);
  return [...all];
}
