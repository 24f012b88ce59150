import { shareText } from '@halokit/distributed';
import { agreed } from './agreed';
import { currentRanks, type Ranks } from './ranks';

/**
 * What rank 0 finds or does, for all ranks: what only it may decide, write or take away, or what others might see otherwise, on
 * a disk that shows changes late. The others wait for it, however long that takes.
 *
 * @param find is called on rank 0 alone; gives a value that JSON can hold, or none
 * @throws what `find` throws, on every rank
 */
export async function fromFirst<T>(find: () => T | Promise<T>, ranks: Ranks = currentRanks()): Promise<T> {
  const { communicator, first } = ranks;
  if (!communicator) return find();
  const found = await agreed(async () => (first ? { value: await find() } : undefined), ranks);
  return JSON.parse(await shareText(communicator, found && JSON.stringify(found))).value;
}
