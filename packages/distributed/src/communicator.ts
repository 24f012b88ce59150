/** What is added up or compared: float32, float64 or int32 in JavaScript's own memory. */
export type Summable = Float32Array | Float64Array | Int32Array;

/** What is handed on as it is. */
export type Exchanged = Summable | Uint8Array;

/** How numbers of the same place are made one. */
export type Reduction = 'sum' | 'max' | 'min';

/**
 * The ranks of a job, seen from one of them.
 *
 * Every rank makes the same calls in the same order, with arrays of the same type and length. A call returns at once; until its
 * promise resolves, its array belongs to it. Calls may be made before earlier ones are done, and are done one after the other.
 * For a fixed number of ranks results are the same bits in every run, and on every rank.
 */
export interface Communicator {
  /** Of this process: 0 to `size` - 1. */
  readonly rank: number;
  readonly size: number;
  /** Whether all ranks are on one machine, as far as its name tells. */
  readonly sameHost: boolean;
  /** In place: afterwards `data` is, element by element, the sum (the largest, the smallest) of all ranks' arrays. */
  allReduce(data: Summable, operation?: Reduction): Promise<void>;
  /**
   * In place: `data` is in parts, one a rank, one after the other. Afterwards the own part is the sum of all ranks' parts there;
   * the others are undefined.
   *
   * @param counts elements of each rank's part
   */
  reduceScatter(data: Summable, counts: readonly number[]): Promise<void>;
  /**
   * In place: `data` is in parts, one a rank, one after the other, of which the own one is filled in. Afterwards all are.
   *
   * @param counts elements of each rank's part
   */
  allGather(data: Exchanged, counts: readonly number[]): Promise<void>;
  /** In place: afterwards `data` is what it was on the rank `root`. Default: 0. */
  broadcast(data: Exchanged, root?: number): Promise<void>;
  /** Resolves when every rank has come here. */
  barrier(): Promise<void>;
  /** Ends the job on every rank, at once, with this status. */
  abort(status: number): void;
}
