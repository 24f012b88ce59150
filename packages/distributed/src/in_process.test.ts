import { describe, expect, it } from 'vitest';
import type { Communicator } from './communicator';
import { AbortedError, DifferentCallsError } from './errors';
import { inProcess } from './in_process';
import { gatherTexts, shareText } from './texts';

const onAll = <T>(ranks: readonly Communicator[], work: (communicator: Communicator) => Promise<T>) =>
  Promise.all(ranks.map(work));

describe('inProcess', () => {
  it('adds up in the order of ranks, rounded to float32 after each', async () => {
    const ranks = inProcess(3);
    const data = [2 ** 24, 1, 1].map((value) => Float32Array.of(value, 0.1));
    await onAll(ranks, (communicator) => communicator.allReduce(data[communicator.rank] as Float32Array));
    // 2^24 + 1 is no float32, so each of the ones is lost; added up first, they would not be.
    const tenths = Math.fround(Math.fround(Math.fround(0.1) + Math.fround(0.1)) + Math.fround(0.1));
    for (const each of data) expect([...each]).toEqual([2 ** 24, tenths]);
  });

  it('takes largest and smallest, and wraps sums of int32 as MPI does', async () => {
    const ranks = inProcess(2);
    const rows = await onAll(ranks, async (communicator) => {
      const sign = communicator.rank === 0 ? 1 : -1;
      const [largest, smallest] = [Float64Array.of(sign * 3, 1), Float64Array.of(sign * 3, 1)];
      const wrapped = Int32Array.of(2 ** 30);
      const calls = [communicator.allReduce(largest, 'max'), communicator.allReduce(smallest, 'min')];
      await Promise.all([...calls, communicator.allReduce(wrapped), communicator.allReduce(wrapped)]);
      return [...largest, ...smallest, ...wrapped];
    });
    const expected = [3, 1, -3, 1, 0];
    expect(rows).toEqual([expected, expected]);
  });

  it('scatters and gathers parts of uneven length and of none', async () => {
    const counts = [3, 0, 2];
    const rows = await onAll(inProcess(3), async (communicator) => {
      const data = Float32Array.from({ length: 5 }, (_, i) => 10 ** communicator.rank * (i + 1));
      await communicator.reduceScatter(data, counts);
      await communicator.allGather(data, counts);
      return [...data];
    });
    const sums = [111, 222, 333, 444, 555];
    expect(rows).toEqual([sums, sums, sums]);
  });

  it('hands on what a rank has, and texts of any length', async () => {
    const texts = ['', 'zwei ä', '三'];
    const rows = await onAll(inProcess(3), async (communicator) => {
      const { rank } = communicator;
      const data = Uint8Array.of(rank, rank + 10);
      await communicator.broadcast(data, 2);
      await communicator.barrier();
      const shared = await shareText(communicator, rank === 1 ? 'from one' : undefined, 1);
      return [[...data], shared, await gatherTexts(communicator, texts[rank] as string)];
    });
    for (const row of rows) expect(row).toEqual([[2, 12], 'from one', texts]);
  });

  it('waits for every rank', async () => {
    const [first, second] = inProcess(2) as [Communicator, Communicator];
    let met = false;
    const waiting = first.barrier().then(() => {
      met = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(met).toBe(false);
    await second.barrier();
    await waiting;
  });

  it('refuses calls that differ, and all after them', async () => {
    const different: ((communicator: Communicator) => Promise<void>)[] = [
      (of) => (of.rank === 0 ? of.barrier() : of.allReduce(new Float32Array(2))),
      (of) => of.allReduce(new Float32Array(of.rank)),
      (of) => of.allReduce(of.rank === 0 ? new Float32Array(2) : new Float64Array(2)),
      (of) => of.allReduce(new Float32Array(2), of.rank === 0 ? 'sum' : 'max'),
      (of) => of.broadcast(new Float32Array(2), of.rank),
      (of) => of.allGather(new Float32Array(2), of.rank === 0 ? [1, 1] : [2, 0]),
    ];
    for (const call of different) {
      const ranks = inProcess(2);
      for (const { status, reason } of (await Promise.allSettled(ranks.map(call))) as PromiseRejectedResult[]) {
        expect(status).toBe('rejected');
        expect(reason).toBeInstanceOf(DifferentCallsError);
      }
      await expect(ranks[0]?.barrier()).rejects.toThrow('do not make the same calls: rank 0 called');
    }
  });

  it('says what a call alone has wrong', async () => {
    const [communicator] = inProcess(2) as [Communicator];
    const data = new Float32Array(3);
    await expect(communicator.broadcast(data, 2)).rejects.toThrow('broadcast from rank 2, and the ranks are 0 to 1');
    await expect(communicator.allGather(data, [3])).rejects.toThrow('a count for each of 2 ranks, not 1');
    await expect(communicator.allGather(data, [3, 1])).rejects.toThrow('got 3 elements, and its counts say 4');
    await expect(communicator.allGather(data, [4, -1])).rejects.toThrow('counts of 0 or more');
    await expect(communicator.allReduce(new Uint8Array(1) as never)).rejects.toThrow('allReduce takes a Float32Array');
    await expect(communicator.allReduce(data, 'mean' as never)).rejects.toThrow('no operation "mean"');
  });

  it('ends what is under way and all that comes later', async () => {
    const [first, second] = inProcess(2) as [Communicator, Communicator];
    const waiting = first.barrier();
    second.abort(3);
    await expect(waiting).rejects.toBeInstanceOf(AbortedError);
    await expect(second.allReduce(new Float32Array(1))).rejects.toThrow('ended with status 3');
  });
});
