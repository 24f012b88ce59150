import { setTimeout } from 'node:timers/promises';
import { inProcess } from '@halokit/distributed';
import { expect, test } from 'vitest';
import { fromFirst } from './from_first';
import type { Ranks } from './ranks';
import { workTogether } from './work_together';

/** What each of so many ranks comes to. */
function onRanks<T>(size: number, work: (ranks: Ranks) => Promise<T>): Promise<T[]> {
  return Promise.all(
    inProcess(size).map((communicator) => {
      const { rank } = communicator;
      return work({ rank, size, first: rank === 0, communicator });
    }),
  );
}

const beat = 2;
const never = new AbortController().signal;

test('each rank has what its own work came to, when that of all is done', async () => {
  let working = 3;
  const worked = await onRanks(3, async (ranks) => {
    const { value, stopped } = await workTogether(
      async () => {
        await setTimeout(15 * ranks.rank);
        working--;
        return ranks.rank * 10;
      },
      { signal: never, ranks, beat },
    );
    return [value, stopped, working];
  });
  expect(worked).toEqual([0, 10, 20].map((value) => [value, false, 0]));
});

test('where one rank is asked to stop all are, and know it together; what is done by then is kept', async () => {
  const asked = new AbortController();
  const worked = await onRanks(3, (ranks) =>
    workTogether(
      async (signal) => {
        if (ranks.rank === 0) return 'done';
        if (ranks.rank === 1) asked.abort();
        // Without the word of rank 1 it would not end.
        while (!signal.aborted) await setTimeout(1);
        signal.throwIfAborted();
      },
      { signal: ranks.rank === 1 ? asked.signal : never, ranks, beat },
    ),
  );
  expect(worked).toEqual([
    { value: 'done', stopped: true },
    { value: undefined, stopped: true },
    { value: undefined, stopped: true },
  ]);
});

test('a failure is thrown on its own rank, and no rank is told that the work is done', async () => {
  const others: unknown[] = [];
  const failed = onRanks(2, async (ranks) => {
    const work = async () => {
      if (ranks.rank === 1) throw new Error('no room');
    };
    await workTogether(work, { signal: never, ranks, beat });
    others.push(ranks.rank);
  });
  await expect(failed).rejects.toThrow('no room');
  await setTimeout(5 * beat);
  expect(others).toEqual([]);
});

test('without other ranks it is the work alone', async () => {
  expect(await workTogether(async () => 1, { signal: never, ranks: {} })).toEqual({ value: 1, stopped: false });
  expect(await fromFirst(() => undefined, { rank: 0, size: 1, first: true })).toBeUndefined();
});

test('rank 0 finds, and all have it', async () => {
  let asked = 0;
  const find = () => ({ kept: 64 + asked++ });
  expect(await onRanks(3, (ranks) => fromFirst(find, ranks))).toEqual([{ kept: 64 }, { kept: 64 }, { kept: 64 }]);
  expect(asked).toBe(1);
  const failed = await onRanks(2, (ranks) => fromFirst(() => Promise.reject(new Error('full')), ranks).catch(String));
  expect(failed).toEqual(['Error: full', 'Error: full']);
});
