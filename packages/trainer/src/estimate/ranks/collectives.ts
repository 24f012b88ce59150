/** What one rank does in a collective operation. */
export interface Exchange {
  /** Messages that wait for each other. */
  readonly messages: number;
  /** Sent by a rank, and as many received. */
  readonly bytes: number;
}

/** Larger arrays are exchanged in pieces of so many bytes. As `@halokit/distributed` cuts them. */
const pieceBytes = (ranks: number) => Math.min(ranks * 2 ** 21, 2 ** 26);

/**
 * The parts of a sum over ranks, or the gathering of parts:
 *
 *     messages = ceil(log2 N) (2 + pieces),   bytes = (N - 1) / N of the array
 *
 * By recursive halving, or doubling; a ring sends as many bytes, in N - 1 messages. Before it ranks meet, by an all-reduce of a few
 * bytes.
 *
 * Source: Thakur, Rabenseifner, Gropp, "Optimization of Collective Communication Operations in MPICH", 2005.
 *
 * @param bytes of the array, on every rank
 */
export function reduceScatterExchange(bytes: number, ranks: number): Exchange {
  return exchange(bytes, ranks, 1);
}

/** A sum over ranks on every rank: its parts, and their gathering, with one meeting. */
export function allReduceExchange(bytes: number, ranks: number): Exchange {
  return exchange(bytes, ranks, 2);
}

function exchange(bytes: number, ranks: number, times: number): Exchange {
  const pieces = Math.ceil(bytes / pieceBytes(ranks));
  const rounds = Math.ceil(Math.log2(ranks));
  return { messages: rounds * (2 + times * pieces), bytes: (times * (ranks - 1) * bytes) / ranks };
}

/** One after the other. */
export function inTurn(exchanges: readonly Exchange[]): Exchange {
  return exchanges.reduce((sum, next) => ({ messages: sum.messages + next.messages, bytes: sum.bytes + next.bytes }), {
    messages: 0,
    bytes: 0,
  });
}
