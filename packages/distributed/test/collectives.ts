import { strict as assert } from 'node:assert';
import type { Communicator, Exchanged, Reduction, Summable } from '../src/index';

const types = [Float32Array, Float64Array, Int32Array] as const;
/** None, one, few; more than are done without another thread. */
const lengths = [0, 1, 7, 20_001];
/** More than one call of MPI takes with four ranks, and no multiple of it. */
const large = (2 << 20) + 3;
const expected: Record<Reduction, (size: number, i: number) => number> = {
  sum: (size, i) => (size * (size + 1)) / 2 + size * (i % 5),
  max: (size, i) => size + (i % 5),
  min: (_, i) => 1 + (i % 5),
};

/**
 * Every collective call, against what comes out of whole numbers.
 *
 * @param digest gets results that rounding went into: the same on all ranks, and in every run
 */
export async function checkCollectives(ranks: Communicator, digest: (data: Uint8Array) => void): Promise<void> {
  for (const type of types) for (const length of lengths) await checkSums(ranks, (n) => new type(n), length);
  for (const length of lengths) {
    await checkParts(ranks, (n) => new Float32Array(n), countsOf(ranks.size, length));
    await checkBroadcast(ranks, (n) => new Float64Array(n), length);
    await checkBroadcast(ranks, (n) => new Uint8Array(n), length);
  }
  await checkSums(ranks, (n) => new Float32Array(n), large);
  await checkParts(ranks, (n) => new Float32Array(n), countsOf(ranks.size, large));
  await checkBroadcast(ranks, (n) => new Float32Array(n), large);
  await checkParts(
    ranks,
    (n) => new Float64Array(n),
    Array.from({ length: ranks.size }, () => 3),
  );
  await checkBytes(ranks);
  await checkManyAtOnce(ranks);
  digest(await rounded(ranks, 10_000));
  // 72 MB.
  digest(await rounded(ranks, 18_000_000));
}

/** Uneven parts, of which that of rank 1 is empty. */
function countsOf(size: number, length: number): number[] {
  const counts = Array.from({ length: size }, (_, rank) => (rank === 1 ? 0 : Math.floor(length / (rank + 2))));
  counts[0] = length - counts.slice(1).reduce((sum, count) => sum + count, 0);
  return counts;
}

function filled<T extends Exchanged>(data: T, value: (i: number) => number): T {
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return data;
}

function check(what: string, data: Exchanged, value: (i: number) => number, begin = 0, end = data.length): void {
  for (let i = begin; i < end; i++) {
    if (data[i] !== value(i)) assert.fail(`${what}: [${i}] of ${data.length} is ${data[i]}, not ${value(i)}`);
  }
}

async function checkSums(ranks: Communicator, make: (length: number) => Summable, length: number): Promise<void> {
  for (const operation of ['sum', 'max', 'min'] as const) {
    const data = filled(make(length), (i) => ranks.rank + 1 + (i % 5));
    await ranks.allReduce(data, operation);
    check(operation, data, (i) => expected[operation](ranks.size, i));
  }
}

async function checkParts(
  ranks: Communicator,
  make: (length: number) => Summable,
  counts: readonly number[],
): Promise<void> {
  const length = counts.reduce((sum, count) => sum + count, 0);
  const begin = counts.slice(0, ranks.rank).reduce((sum, count) => sum + count, 0);
  const end = begin + (counts[ranks.rank] as number);
  const data = filled(make(length), (i) => ranks.rank + 1 + (i % 5));
  await ranks.reduceScatter(data, counts);
  check('reduceScatter', data, (i) => expected.sum(ranks.size, i), begin, end);
  // What is not the own part is undefined.
  data.fill(-1, 0, begin).fill(-1, end);
  await ranks.allGather(data, counts);
  check('allGather', data, (i) => expected.sum(ranks.size, i));
}

async function checkBroadcast(ranks: Communicator, make: (length: number) => Exchanged, length: number): Promise<void> {
  const root = ranks.size - 1;
  const data = filled(make(length), (i) => (ranks.rank === root ? (i * 7) % 251 : 0));
  await ranks.broadcast(data, root);
  check('broadcast', data, (i) => (i * 7) % 251);
}

/** A view into a larger buffer, and Node's own kind of array. */
async function checkBytes(ranks: Communicator): Promise<void> {
  const whole = new Uint8Array(ranks.size + 2);
  const data = whole.subarray(1, -1);
  data[ranks.rank] = ranks.rank + 1;
  await ranks.allGather(
    data,
    Array.from(data, () => 1),
  );
  check('allGather of bytes', whole, (i) => (i <= ranks.size ? i : 0));
  const buffer = Buffer.from(ranks.rank === 0 ? 'abc' : 'xyz');
  await ranks.broadcast(buffer);
  assert.equal(buffer.toString(), 'abc');
}

/** Also: the event loop turns meanwhile. */
async function checkManyAtOnce(ranks: Communicator): Promise<void> {
  const [small, large] = [Float64Array.of(1), new Float32Array(1 << 18).fill(1)];
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const calls = Array.from({ length: 12 }, (_, i) => ranks.allReduce(i % 2 === 0 ? small : large));
  await Promise.all([...calls, ranks.barrier()]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(turning);
  assert.ok(turns > 0);
  check('six sums of sums', small, () => ranks.size ** 6);
  check('six sums of sums', large, () => ranks.size ** 6);
}

/** Sums that depend on the order in which they are taken. */
async function rounded(ranks: Communicator, length: number): Promise<Uint8Array> {
  const period = 10_000;
  const numbers = filled(new Float32Array(period), (i) => Math.sin(i + 1 + ranks.rank * 1e3) * 10 ** (i % 7));
  const data = new Float32Array(length);
  for (let begin = 0; begin < length; begin += period) data.set(numbers, begin);
  await ranks.allReduce(data);
  return new Uint8Array(data.buffer);
}
