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
  /** How they were started, and what ends them. */
  readonly job?: Job;
}

/** What is known of several ranks as a whole, and what concerns their end. */
export interface Job {
  /** `2 ranks on alpha and beta, by Open MPI 4.1.4`. */
  readonly said: string;
  /** Where each rank is. */
  readonly hosts: readonly string[];
  /** Threads that this rank computes with unless told otherwise. */
  readonly threads: number;
  /** What comes before a command that is to be done by as many ranks: `mpirun -np 2`. */
  readonly start: string;
  /** Whether it is coming to its end, because a rank has failed or is no more. */
  isEnding(): boolean;
  /** Says how far the work has come: what is heard of this rank if it dies. */
  stand(words: string): void;
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
