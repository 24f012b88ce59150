import { setTimeout } from 'node:timers/promises';
import { currentRanks, type Ranks } from './ranks';

/** What came of the work of one rank. */
export interface Worked<T> {
  /** Undefined where the work was stopped before its end. */
  readonly value: T | undefined;
  /** Whether any rank was asked to stop: the same on every rank. */
  readonly stopped: boolean;
}

export interface WorkTogetherOptions {
  /** Whether this process was asked to stop. */
  readonly signal: AbortSignal;
  readonly ranks?: Pick<Ranks, 'communicator'>;
  /** Milliseconds between two meetings. */
  readonly beat?: number;
}

/**
 * Every rank does work of its own, however much longer than the others'. Meanwhile they meet, again and again: so none of those
 * that wait takes one that works for dead, and all hear within a beat when one of them is asked to stop.
 *
 * @param work gets a signal that is aborted when any rank is asked to stop; what it throws then is no failure
 * @throws what the work throws, on its own rank alone: that is the end of the job
 */
export async function workTogether<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, ranks = currentRanks(), beat = 1000 }: WorkTogetherOptions,
): Promise<Worked<T>> {
  const told = new AbortController();
  const either = AbortSignal.any([signal, told.signal]);
  const tried = work(either).then(
    (value): Pick<Worked<T>, 'value'> => ({ value }),
    (error) => {
      if (!either.aborted) throw error;
      return { value: undefined };
    },
  );
  const { communicator } = ranks;
  if (!communicator) return { ...(await tried), stopped: signal.aborted };
  for (;;) {
    const done = await Promise.race([tried, pause(beat)]);
    const [working, stopping] = await most(communicator, [done ? 0 : 1, either.aborted ? 1 : 0]);
    if (stopping && !told.signal.aborted) told.abort();
    // Said by the same meeting to every rank.
    if (!working && done) return { ...done, stopped: stopping === 1 };
  }
}

/** Keeps no process alive whose work is done. */
function pause(milliseconds: number): Promise<undefined> {
  return setTimeout(milliseconds, undefined, { ref: false });
}

/** The largest of each number over all ranks. */
async function most(
  communicator: NonNullable<Ranks['communicator']>,
  numbers: readonly [number, number],
): Promise<readonly [number, number]> {
  const all = Int32Array.from(numbers);
  await communicator.allReduce(all, 'max');
  return [all[0] as number, all[1] as number];
}
