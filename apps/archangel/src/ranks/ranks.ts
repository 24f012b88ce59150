import type { Communicator } from '@halokit/distributed';

/** The processes that share the work of this command: one, unless it was started by `mpirun` or its kin. */
export interface Ranks {
  /** 0 to `size` - 1. */
  readonly rank: number;
  readonly size: number;
  /** Rank 0, or the only one: it alone prints and writes. */
  readonly first: boolean;
  /** How they talk; undefined where there is one. */
  readonly communicator?: Communicator;
}

const alone: Ranks = { rank: 0, size: 1, first: true };

let current = alone;

/** Those of this process, which belongs to one job from its start to its end. */
export function currentRanks(): Ranks {
  return current;
}

/** Said once, before a command begins; by tests too. */
export function setRanks(ranks: Ranks = alone): void {
  current = ranks;
}
