import { shareText } from '@halokit/distributed';
import { currentRanks, type Ranks } from './ranks';
import { workTogether } from './work_together';

/**
 * What rank 0 finds, for all ranks: what only it may decide, write or take away, or what others might see otherwise, on a disk
 * that shows changes late.
 *
 * @param find is called on rank 0 alone, and gives a value that JSON can hold; what may take minutes is for `onFirst`
 */
export async function fromFirst<T>(
  find: () => T | Promise<T>,
  { communicator, first }: Pick<Ranks, 'communicator' | 'first'> = currentRanks(),
): Promise<T> {
  if (!communicator) return find();
  const text = first ? JSON.stringify({ value: await find() }) : undefined;
  return JSON.parse(await shareText(communicator, text)).value;
}

/** Rank 0 does what may take its time, and the others wait for it. */
export async function onFirst(work: () => Promise<unknown>, ranks = currentRanks()): Promise<void> {
  const own = async () => {
    if (ranks.first) await work();
  };
  await workTogether(own, { signal: new AbortController().signal, ranks });
}
