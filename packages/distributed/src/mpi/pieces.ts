import { type Call, partsOf } from '../call';
import type { Exchanged } from '../communicator';
import type { Collective, Functions } from './functions';
import type { Handles } from './handles';

/** One call of MPI. */
export interface Piece {
  readonly collective: Collective;
  readonly args: readonly unknown[];
  readonly bytes: number;
}

/** What a rank knows of itself and of MPI. */
export interface Job {
  readonly size: number;
  readonly rank: number;
  readonly functions: Functions;
  readonly handles: Handles;
}

/** What C's `int` counts to. */
const most = 2 ** 31 - 1;

/**
 * How many bytes of `data` one call of MPI takes: 2 MB a rank, and 64 MB at most. MPI's temporary memory is as large as a call
 * and stays in the processor's cache so: an all-reduce of 280 MB in one call takes ten times as long as in such pieces.
 */
function pieceBytes(size: number): number {
  return Math.min(size << 21, 1 << 26);
}

/**
 * A collective call as calls of MPI, to be made one after the other: the next is asked for when the one before is done.
 *
 * @param widest the most elements between two that one call of MPI may name; smaller in tests
 */
export function* piecesOf(call: Call, job: Job, widest: number = most): Generator<Piece> {
  if (call.name === 'barrier' || call.data.length === 0) return;
  const { data } = call;
  const { functions, handles, size } = job;
  const { world } = handles;
  const type = handles.elementsOf(data);
  const elements = Math.floor(pieceBytes(size) / data.BYTES_PER_ELEMENT);
  const bytes = (count: number) => count * data.BYTES_PER_ELEMENT;
  if (call.name === 'allReduce') {
    for (const piece of cut(data, elements)) {
      const args = [handles.inPlace, piece, piece.length, type, handles.reductions[call.operation], world];
      yield { collective: functions.allreduce, args, bytes: piece.byteLength };
    }
  } else if (call.name === 'broadcast') {
    for (const piece of cut(data, elements)) {
      const args = [piece, piece.length, type, call.root, world];
      yield { collective: functions.bcast, args, bytes: piece.byteLength };
    }
  } else if (call.name === 'allGather') {
    if (data.length > widest) {
      const parts = partsOf(data, call.counts);
      for (const [root, data] of parts.entries()) yield* piecesOf({ name: 'broadcast', data, root }, job, widest);
      return;
    }
    let end = 0;
    const starts = Int32Array.from(call.counts, (count) => {
      end += count;
      return end - count;
    });
    for (const { begin, counts, total } of rounds(call.counts, elements)) {
      const args = [handles.inPlace, 0, type, data.subarray(begin), counts, starts, type, world];
      yield { collective: functions.allgatherv, args, bytes: bytes(total) };
    }
  } else {
    // MPI wants what it scatters in one stretch, and the parts' pieces are apart.
    const parts = partsOf(data, call.counts);
    const stretch = data.slice(0, elements);
    for (const { begin, counts, total } of rounds(call.counts, elements)) {
      let end = 0;
      for (const [rank, part] of parts.entries()) {
        const count = counts[rank] as number;
        stretch.set(part.subarray(begin, begin + count), end);
        end += count;
      }
      const own = parts[job.rank]?.subarray(begin);
      const args = [stretch, own, counts, type, handles.reductions.sum, world];
      yield { collective: functions.reduceScatter, args, bytes: bytes(total) };
    }
  }
}

function* cut(data: Exchanged, elements: number): Generator<Exchanged> {
  for (let begin = 0; begin < data.length; begin += elements) yield data.subarray(begin, begin + elements);
}

/** Goes through all parts at once: from `begin` of each, `counts` elements, together no more than `elements`. */
function* rounds(counts: readonly number[], elements: number) {
  const each = Math.max(1, Math.floor(elements / counts.length));
  const longest = Math.max(...counts);
  for (let begin = 0; begin < longest; begin += each) {
    const now = Int32Array.from(counts, (count) => Math.max(0, Math.min(each, count - begin)));
    yield { begin, counts: now, total: now.reduce((sum, count) => sum + count, 0) };
  }
}
