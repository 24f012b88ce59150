import { currentRanks, type Ranks } from './ranks';

/** Whether it is so on any rank: the same answer on all. */
export async function onAnyRank(
  own: boolean,
  { communicator }: Pick<Ranks, 'communicator'> = currentRanks(),
): Promise<boolean> {
  if (!communicator) return own;
  const all = Int32Array.of(own ? 1 : 0);
  await communicator.allReduce(all, 'max');
  return all[0] === 1;
}

/** Whether it is so on rank 0: what clocks and disks may tell ranks differently, it decides. */
export async function onFirstRank(
  own: boolean,
  { communicator }: Pick<Ranks, 'communicator'> = currentRanks(),
): Promise<boolean> {
  if (!communicator) return own;
  const its = Int32Array.of(own ? 1 : 0);
  await communicator.broadcast(its);
  return its[0] === 1;
}
