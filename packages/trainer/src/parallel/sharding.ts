import type { Communicator } from './communicator';

/** How an optimiser's state is divided among ranks. */
export interface Sharding {
  readonly communicator: Communicator;
  /** Weights that have state, on any rank. */
  readonly names: Set<string>;
}
