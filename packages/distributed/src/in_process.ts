import { type Call, checkCall, describeCall, partsOf } from './call';
import type { Communicator, Exchanged, Reduction, Summable } from './communicator';
import { AbortedError, DifferentCallsError } from './errors';

/**
 * Communicators of `size` ranks that live in one process, for tests: the `i`th is rank `i`'s. Sums are taken in the order of ranks.
 * Where ranks call different things, these calls and all later ones reject with a {@link DifferentCallsError}; after `abort`, what
 * is under way and all later calls with an {@link AbortedError}.
 *
 * ```ts
 * const [first, second] = inProcess(2);
 * const [a, b] = [Float32Array.of(1, 2), Float32Array.of(10, 20)];
 * await Promise.all([first.allReduce(a), second.allReduce(b)]); // both are [11, 22]
 * ```
 *
 * @throws RangeError where `size` is no whole number above 0
 */
export function inProcess(size: number): Communicator[] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A job has 1 rank or more, not ${size}.`);
  const job = new Job(size);
  return Array.from({ length: size }, (_, rank) => new InProcess(job, rank));
}

interface Arrival {
  readonly call: Call;
  resolve(): void;
  reject(error: Error): void;
}

class Job {
  readonly #queues: readonly Arrival[][];
  #ended: Error | undefined;

  constructor(readonly size: number) {
    this.#queues = Array.from({ length: size }, () => []);
  }

  meet(rank: number, call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      checkCall(call, this.size);
      if (this.#ended) throw this.#ended;
      this.#queues[rank]?.push({ call, resolve, reject });
      if (this.#queues.every((queue) => queue.length > 0)) this.#complete();
    });
  }

  end(error: Error): void {
    this.#ended ??= error;
    for (const queue of this.#queues) for (const { reject } of queue.splice(0)) reject(this.#ended);
  }

  #complete(): void {
    const arrivals = this.#queues.map((queue) => queue[0] as Arrival);
    const said = arrivals.map(({ call }) => describeCall(call));
    if (new Set(said).size > 1) {
      this.end(new DifferentCallsError(said));
      return;
    }
    for (const queue of this.#queues) queue.shift();
    carryOut(arrivals.map(({ call }) => call));
    for (const { resolve } of arrivals) resolve();
  }
}

class InProcess implements Communicator {
  readonly sameHost = true;
  readonly #job: Job;

  constructor(
    job: Job,
    readonly rank: number,
  ) {
    this.#job = job;
  }

  get size(): number {
    return this.#job.size;
  }

  allReduce(data: Summable, operation: Reduction = 'sum'): Promise<void> {
    return this.#job.meet(this.rank, { name: 'allReduce', data, operation });
  }

  reduceScatter(data: Summable, counts: readonly number[]): Promise<void> {
    return this.#job.meet(this.rank, { name: 'reduceScatter', data, counts });
  }

  allGather(data: Exchanged, counts: readonly number[]): Promise<void> {
    return this.#job.meet(this.rank, { name: 'allGather', data, counts });
  }

  broadcast(data: Exchanged, root = 0): Promise<void> {
    return this.#job.meet(this.rank, { name: 'broadcast', data, root });
  }

  barrier(): Promise<void> {
    return this.#job.meet(this.rank, { name: 'barrier' });
  }

  abort(status: number): void {
    this.#job.end(new AbortedError(status));
  }
}

/** @param calls the same call of each rank, with its own data */
function carryOut(calls: readonly Call[]): void {
  const call = calls[0] as Call;
  if (call.name === 'barrier') return;
  const data = calls.map((each) => (each as Exclude<Call, { name: 'barrier' }>).data);
  if (call.name === 'broadcast') {
    const root = data[call.root] as Exchanged;
    for (const each of data) if (each !== root) each.set(root);
  } else if (call.name === 'allReduce') {
    const reduced = reduce(data as Summable[], call.operation);
    for (const each of data) each.set(reduced);
  } else {
    const parts = data.map((each) => partsOf(each, call.counts));
    if (call.name === 'allGather') {
      for (const of of parts) for (const [rank, part] of of.entries()) part.set(parts[rank]?.[rank] as Exchanged);
    } else {
      const reduced = partsOf(reduce(data as Summable[], 'sum'), call.counts);
      for (const [own, of] of parts.entries()) {
        // Nobody is to rely on what the other parts hold.
        for (const [rank, part] of of.entries())
          rank === own ? part.set(reduced[rank] as Exchanged) : part.fill(Number.NaN);
      }
    }
  }
}

const operations: Record<Reduction, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/** In the order of ranks, rounded to the arrays' type after every operation. */
function reduce(data: readonly Summable[], operation: Reduction): Summable {
  const apply = operations[operation];
  const [first, ...others] = data as [Summable, ...Summable[]];
  const reduced = first.slice();
  for (const other of others)
    for (let i = 0; i < reduced.length; i++) reduced[i] = apply(reduced[i] as number, other[i] as number);
  return reduced;
}
