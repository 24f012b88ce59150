import type { BatchNumbers } from '../batch_numbers';
import type { Gradients } from '../gradients';
import type { TokenBatch } from '../token_batch';
import type { Communicator } from './communicator';

/**
 * Rows of numbers, of which each rank knows some and all know the lengths: afterwards every rank has all of them, to the bit.
 * What a rank does not know is 0 there, and the sum of all ranks is exact.
 *
 * @param rows undefined where another rank knows it
 */
export async function exchangeRows(
  rows: readonly (Float32Array | undefined)[],
  lengths: readonly number[],
  communicator: Communicator,
): Promise<Float32Array[]> {
  const all = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  const starts = startsOf(lengths);
  rows.forEach((row, i) => {
    if (row) all.set(row, starts[i]);
  });
  await communicator.allReduce(all);
  return lengths.map((length, i) => all.slice(starts[i], (starts[i] as number) + length));
}

/** What all ranks know of the numbers of a batch once one of them has computed some. */
export interface NumberNames {
  readonly rewards: boolean;
  readonly extra: readonly string[];
}

/**
 * What numbers there are of a batch. A rank without an example of it, of a short batch, hears that from rank 0, which has one,
 * and which weights have gradients, and has 0 for theirs.
 */
export async function agreeOnNames(
  numbers: BatchNumbers,
  gradients: Gradients,
  batch: TokenBatch,
  communicator: Communicator,
): Promise<NumberNames> {
  const own = { rewards: numbers.rewards !== undefined, extra: Object.keys(numbers.extra).sort() };
  if (batch.examples >= communicator.size) return own;
  const first = await fromFirst({ ...own, gradients: [...gradients.sums.keys()] }, communicator);
  if (gradients.sums.size === 0) gradients.addZeros(first.gradients);
  return first;
}

/** Numbers of a batch, of which each rank has filled in those of its examples, and left the others at 0: afterwards all are there. */
export async function exchangeNumbers(
  numbers: BatchNumbers,
  names: NumberNames,
  communicator: Communicator,
): Promise<BatchNumbers> {
  const { losses, logps } = numbers;
  const rewards = names.rewards ? (numbers.rewards ?? new Float64Array(logps.length)) : undefined;
  const extra = names.extra.map((name) => numbers.extra[name] ?? new Float64Array(losses.length));
  const arrays = [losses, logps, ...(rewards ? [rewards] : []), ...extra];
  const starts = startsOf(arrays.map(({ length }) => length));
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.forEach((array, i) => {
    all.set(array, starts[i]);
  });
  await communicator.allReduce(all);
  arrays.forEach((array, i) => {
    const start = starts[i] as number;
    array.set(all.subarray(start, start + array.length));
  });
  return {
    ...{ losses, logps },
    ...(rewards && { rewards }),
    extra: Object.fromEntries(names.extra.map((name, i) => [name, extra[i] as Float64Array])),
  };
}

/** A plain value of rank 0, on every rank. */
async function fromFirst<T>(value: T | undefined, communicator: Communicator): Promise<T> {
  const text = communicator.rank === 0 ? new TextEncoder().encode(JSON.stringify(value)) : new Uint8Array();
  const length = Float64Array.of(text.length);
  await communicator.broadcast(length);
  const bytes = communicator.rank === 0 ? text : new Uint8Array(length[0] as number);
  await communicator.broadcast(bytes);
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

/** Whether a signal is aborted on any rank. */
export async function abortedAnywhere(signal: AbortSignal | undefined, communicator: Communicator): Promise<boolean> {
  const asked = Float64Array.of(signal?.aborted ? 1 : 0);
  await communicator.allReduce(asked, 'max');
  return asked[0] === 1;
}

function startsOf(lengths: readonly number[]): number[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return at - length;
  });
}
