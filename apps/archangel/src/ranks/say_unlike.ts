import { gatherTexts } from '@halokit/distributed';
import { currentRanks } from './ranks';

/**
 * Says where ranks compute otherwise than rank 0, with other threads or on another device: they may, and their sums round otherwise then
 * when ranks are placed otherwise.
 *
 * @param notice what computes, in words
 */
export async function sayUnlike(notice: string): Promise<void> {
  const { communicator, job } = currentRanks();
  if (!communicator) return;
  const all = await gatherTexts(communicator, notice);
  const other = all.findIndex((each) => each !== all[0]);
  if (other < 0) return;
  console.log(
    `Not all ranks compute alike: rank ${other} (${job?.hosts[other]}) has ${all[other]}. Other places for them may round otherwise.`,
  );
}
