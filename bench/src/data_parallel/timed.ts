import type { Communicator } from '@halokit/distributed';

/**
 * A communicator that measures itself.
 *
 * @returns also the milliseconds in which a call of it was under way, several at once counted once
 */
export function timed(communicator: Communicator): [Communicator, () => number] {
  let [under, since, spent] = [0, 0, 0];
  const watch = async (call: Promise<void>) => {
    if (under++ === 0) since = performance.now();
    try {
      await call;
    } finally {
      if (--under === 0) spent += performance.now() - since;
    }
  };
  const { rank, size, sameHost } = communicator;
  return [
    {
      rank,
      size,
      sameHost,
      allReduce: (...args) => watch(communicator.allReduce(...args)),
      reduceScatter: (...args) => watch(communicator.reduceScatter(...args)),
      allGather: (...args) => watch(communicator.allGather(...args)),
      broadcast: (...args) => watch(communicator.broadcast(...args)),
      barrier: () => watch(communicator.barrier()),
      abort: (status) => communicator.abort(status),
    },
    () => spent,
  ];
}
