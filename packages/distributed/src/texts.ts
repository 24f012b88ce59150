import { partsOf } from './call';
import type { Communicator } from './communicator';

/**
 * Every rank's text, on every rank, in the order of ranks.
 *
 * ```ts
 * const hosts = await gatherTexts(communicator, hostname());
 * ```
 */
export async function gatherTexts(communicator: Communicator, text: string): Promise<string[]> {
  const own = new TextEncoder().encode(text);
  const lengths = new Int32Array(communicator.size);
  lengths[communicator.rank] = own.length;
  await communicator.allReduce(lengths);
  const counts = [...lengths];
  const all = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  const parts = partsOf(all, counts);
  parts[communicator.rank]?.set(own);
  await communicator.allGather(all, counts);
  return parts.map((part) => new TextDecoder().decode(part));
}

/**
 * The text of the rank `root`, on every rank.
 *
 * @param text used on `root` alone, which must have one
 * @throws TypeError on `root` without one
 */
export async function shareText(communicator: Communicator, text: string | undefined, root = 0): Promise<string> {
  const isRoot = communicator.rank === root;
  if (isRoot && text === undefined) throw new TypeError(`Rank ${root} has no text to share.`);
  const own = new TextEncoder().encode(isRoot ? text : '');
  const length = Int32Array.of(own.length);
  await communicator.broadcast(length, root);
  const shared = isRoot ? own : new Uint8Array(length[0] as number);
  await communicator.broadcast(shared, root);
  return new TextDecoder().decode(shared);
}
