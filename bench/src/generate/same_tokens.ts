import type { Generation } from './protocol';

/**
 * Holds what two programs wrote against each other: times are only worth comparing for the same tokens.
 *
 * @throws Error naming the first place where they part
 */
export function checkSameTokens(ours: Generation, peers: Generation): void {
  if (ours.ids.length === 0) throw new Error('Nothing was written.');
  ours.ids.forEach((ids, row) => {
    const others = peers.ids[row] ?? [];
    const length = Math.max(ids.length, others.length);
    for (let i = 0; i < length; i++) {
      if (ids[i] === others[i]) continue;
      throw new Error(
        `Not the same computation: token ${i + 1} behind prompt ${row + 1} is ${ids[i]} in halokit and ${others[i]} in PyTorch.`,
      );
    }
  });
}
