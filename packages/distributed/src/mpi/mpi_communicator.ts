import { setTimeout } from 'node:timers/promises';
import { type Call, checkCall, describeCall } from '../call';
import type { Communicator, Exchanged, Reduction, Summable } from '../communicator';
import { DifferentCallsError, SilentRanksError } from '../errors';
import type { Found } from './find_library';
import type { Functions } from './functions';
import type { Handles } from './handles';
import { type Job, type Piece, piecesOf } from './pieces';
import { until, within } from './wait';

/** The ranks of a job that MPI connects. */
export interface MpiCommunicator extends Communicator {
  /** What connects them. */
  readonly library: Found;
  /** The machine of this process, as MPI calls it. */
  readonly host: string;
  /**
   * Takes leave of the other ranks, once all of them do. Without it, MPI takes the end of a process for a failure.
   *
   * @throws SilentRanksError where MPI is not through within 30 s of that: all calls are done, and the process is to be killed, as
   * `process.exit()` waits for MPI too
   */
  finish(): Promise<void>;
}

/** Bytes of a call up to which it is done without another thread, which would begin late where MPI's own keep the cores busy. */
const small = 1 << 20;
/**
 * Milliseconds between the last call of all ranks and MPI_Finalize, in which none calls MPI. In it UCX, below MPICH, has each rank
 * confirm over TCP that the other closes their connection. One that is still in the last call does so there, the other one ends,
 * and nobody is left to confirm its own: it would wait for ever.
 */
const beforeLeaving = 300;
/** Milliseconds that MPI_Finalize gets once every rank has come to it. */
const leavingPatience = 30_000;
/** Bytes of a call in words, where ranks tell each other what they called. */
const described = 256;

/** @param patience milliseconds */
export class Mpi implements MpiCommunicator {
  readonly rank: number;
  readonly size: number;
  readonly host: string;
  /** Known once ranks have told each other their hosts. */
  sameHost = false;
  #last: Promise<unknown> = Promise.resolve();
  #ended: Error | undefined;

  readonly #job: Job;
  readonly #patience: number;

  constructor(
    readonly library: Found,
    functions: Functions,
    handles: Handles,
    patience: number,
  ) {
    this.rank = functions.rank();
    this.size = functions.size();
    this.host = functions.processorName();
    this.#job = { rank: this.rank, size: this.size, functions, handles };
    this.#patience = patience;
  }

  allReduce(data: Summable, operation: Reduction = 'sum'): Promise<void> {
    return this.#call({ name: 'allReduce', data, operation });
  }

  reduceScatter(data: Summable, counts: readonly number[]): Promise<void> {
    return this.#call({ name: 'reduceScatter', data, counts: [...counts] });
  }

  allGather(data: Exchanged, counts: readonly number[]): Promise<void> {
    return this.#call({ name: 'allGather', data, counts: [...counts] });
  }

  broadcast(data: Exchanged, root = 0): Promise<void> {
    return this.#call({ name: 'broadcast', data, root });
  }

  barrier(): Promise<void> {
    return this.#call({ name: 'barrier' });
  }

  abort(status: number): void {
    this.#job.functions.abort(this.#job.handles.world, status);
  }

  finish(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#meet('finish()');
      await setTimeout(beforeLeaving);
      const patience = Math.min(this.#patience, leavingPatience);
      if (!(await within(this.#job.functions.finalise(), patience)))
        throw new SilentRanksError('finish()', patience / 1000);
      this.#ended = new Error('This rank has taken leave of the others: finish() was called.');
    });
  }

  async #call(call: Call): Promise<void> {
    checkCall(call, this.size);
    await this.#inTurn(async () => {
      const words = describeCall(call);
      await this.#meet(words);
      for (const piece of piecesOf(call, this.#job)) await this.#carryOut(piece, words);
    });
  }

  /** Calls are done in the order in which they are made. After one that failed, ranks are no longer in step. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      if (this.#ended) throw this.#ended;
      try {
        await work();
      } catch (error) {
        this.#ended = error as Error;
        throw error;
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /**
   * Waits until every rank has made its call, without keeping a core busy, and sees to it that all have made the same one: to
   * MPI, different ones are a hang or damaged memory.
   */
  async #meet(words: string): Promise<void> {
    const hash = hashOf(words);
    // The largest of the inverted ones is the smallest, inverted.
    const extremes = Int32Array.of(hash, ~hash);
    const { functions, handles } = this.#job;
    const { world, inPlace, reductions } = handles;
    const args = [inPlace, extremes, 2, handles.elementsOf(extremes), reductions.max, world];
    await this.#poll({ collective: functions.allreduce, args, bytes: extremes.byteLength }, words);
    if (extremes[0] !== ~(extremes[1] as number)) throw await this.#difference(words);
  }

  async #difference(words: string): Promise<Error> {
    const all = new Uint8Array(this.size * described);
    new TextEncoder().encodeInto(words, all.subarray(this.rank * described, (this.rank + 1) * described));
    const counts = Array.from({ length: this.size }, () => described);
    for (const piece of piecesOf({ name: 'allGather', data: all, counts }, this.#job))
      await this.#carryOut(piece, words);
    const texts = counts.map((_, rank) => all.subarray(rank * described, (rank + 1) * described));
    return new DifferentCallsError(texts.map((text) => new TextDecoder().decode(text).replace(/\0+$/, '')));
  }

  #carryOut(piece: Piece, words: string): Promise<void> {
    return piece.bytes > small ? this.#run(piece, words) : this.#poll(piece, words);
  }

  async #run({ collective, args }: Piece, words: string): Promise<void> {
    await this.#holding(args, words, within(collective.run(...args), this.#patience));
  }

  async #poll({ collective, args }: Piece, words: string): Promise<void> {
    const request = new Uint8Array(8);
    collective.start(...args, request);
    const done = until(() => this.#job.functions.done(request), this.#patience);
    await this.#holding([args, request], words, done);
  }

  /** While MPI works on memory, nothing may collect it: for good where it is never done. */
  async #holding(memory: readonly unknown[], words: string, done: Promise<boolean>): Promise<void> {
    held.add(memory);
    if (!(await done)) throw new SilentRanksError(words, this.#patience / 1000);
    held.delete(memory);
  }
}

const held = new Set<readonly unknown[]>();

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
