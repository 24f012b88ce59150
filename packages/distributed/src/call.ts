import type { Exchanged, Reduction, Summable } from './communicator';

/** A collective call with what every rank must say alike. */
export type Call =
  | { readonly name: 'allReduce'; readonly data: Summable; readonly operation: Reduction }
  | { readonly name: 'reduceScatter'; readonly data: Summable; readonly counts: readonly number[] }
  | { readonly name: 'allGather'; readonly data: Exchanged; readonly counts: readonly number[] }
  | { readonly name: 'broadcast'; readonly data: Exchanged; readonly root: number }
  | { readonly name: 'barrier' };

const reductions: readonly string[] = ['sum', 'max', 'min'] satisfies Reduction[];
const summables = [Float32Array, Float64Array, Int32Array] as const;

/** In words: two ranks that make the same call say the same. */
export function describeCall(call: Call): string {
  if (call.name === 'barrier') return 'barrier()';
  const data = `${call.data.constructor.name}(${call.data.length})`;
  if (call.name === 'allReduce') return `allReduce(${data}, '${call.operation}')`;
  if (call.name === 'broadcast') return `broadcast(${data}, ${call.root})`;
  return `${call.name}(${data}, [${call.counts.join(', ')}])`;
}

/**
 * What one rank can see to be wrong before it asks the others.
 *
 * @throws RangeError for a root that is no rank, or counts that do not fit ranks or data
 * @throws TypeError for an array or an operation of another kind
 */
export function checkCall(call: Call, size: number): void {
  if (call.name === 'barrier') return;
  const summed = call.name === 'allReduce' || call.name === 'reduceScatter';
  if (!summables.some((kind) => call.data instanceof kind) && (summed || !(call.data instanceof Uint8Array))) {
    throw new TypeError(
      `${call.name} takes a Float32Array, Float64Array or Int32Array${summed ? '' : ', or a Uint8Array'}.`,
    );
  }
  if (call.name === 'allReduce') {
    if (!reductions.includes(call.operation)) {
      throw new TypeError(`allReduce knows no operation "${call.operation}": it takes ${reductions.join(', ')}.`);
    }
  } else if (call.name === 'broadcast') {
    if (!Number.isInteger(call.root) || call.root < 0 || call.root >= size) {
      throw new RangeError(`broadcast from rank ${call.root}, and the ranks are 0 to ${size - 1}.`);
    }
  } else {
    checkCounts(call.name, call.counts, call.data.length, size);
  }
}

function checkCounts(name: string, counts: readonly number[], length: number, size: number): void {
  if (counts.length !== size)
    throw new RangeError(`${name} takes a count for each of ${size} ranks, not ${counts.length}.`);
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError(`${name} takes counts of 0 or more elements, not [${counts.join(', ')}].`);
  }
  const sum = counts.reduce((total, count) => total + count, 0);
  if (sum !== length) throw new RangeError(`${name} got ${length} elements, and its counts say ${sum}.`);
}

/** The parts of `data`, one a rank, of `counts` elements, as views. */
export function partsOf<T extends Exchanged>(data: T, counts: readonly number[]): T[] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return data.subarray(end - count, end) as T;
  });
}
