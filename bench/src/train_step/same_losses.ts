import type { Step } from './protocol';

/** Two programs that compute the same differ by rounding only, which is a hundred times less than this share. */
const tolerance = 1e-3;

/**
 * Holds the first losses of two programs against each other: times are only worth comparing for the same computation.
 *
 * @throws Error naming the first step whose losses differ
 */
export function checkSameLosses(ours: readonly Step[], peers: readonly Step[]): void {
  ours.forEach(({ loss }, step) => {
    const other = peers[step]?.loss ?? Number.NaN;
    // Written so that a NaN on either side is a difference.
    if (Math.abs(loss - other) <= tolerance * Math.abs(other)) return;
    throw new Error(
      `Not the same computation: the loss of step ${step + 1} is ${loss} in halokit and ${other} in PyTorch.`,
    );
  });
}
