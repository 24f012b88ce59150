/**
 * The ranks that train together, seen from one of them: what `@halokit/distributed` gives, or anything with this face. Every rank
 * makes the same calls in the same order; each works in place on its own array, which belongs to it until its promise resolves.
 */
export interface Communicator {
  /** Of this process: 0 to `size` - 1. */
  readonly rank: number;
  readonly size: number;
  /** All ranks are on one machine: its cores copy what they exchange, and would compute less meanwhile. */
  readonly sameHost?: boolean;
  /** Afterwards `data` is, element by element, the sum (the largest) of all ranks' arrays: the same bits on every rank. */
  allReduce(data: Float32Array | Float64Array, operation?: 'sum' | 'max'): Promise<void>;
  /** `data` has one part a rank, of `counts` elements. Afterwards the own part is the sum of all ranks'; the others are undefined. */
  reduceScatter(data: Float32Array, counts: readonly number[]): Promise<void>;
  /** `data` has one part a rank, of `counts` elements, of which the own one is filled in. Afterwards all are. */
  allGather(data: Float32Array | Uint8Array, counts: readonly number[]): Promise<void>;
  /** Afterwards `data` is what it was on the rank `root`. */
  broadcast(data: Float32Array | Float64Array | Uint8Array, root?: number): Promise<void>;
}
