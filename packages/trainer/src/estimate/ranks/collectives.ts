/** What one rank does in a collective operation. */
export interface Exchange {
  /** Messages that wait for each other. */
  readonly messages: number;
  /** Sent by a rank, and as many received. */
  readonly bytes: number;
}

/** Larger arrays are exchanged in pieces of so many bytes. As `@halokit/distributed` cuts them. */
const pieceBytes = 2 ** 20;

/**
 * The parts of a sum over ranks, or the gathering of parts:
 *
 *     messages = ceil(log2 N) for each piece,   bytes = (N - 1) / N of the array
 *
 * By recursive halving, or doubling; a ring sends as many bytes, in N - 1 messages.
 *
 * Source: Thakur, Rabenseifner, Gropp, "Optimization of Collective Communication Operations in MPICH", 2005.
 *
 * @param bytes of the array, on every rank
 */
export function reduceScatterExchange(bytes: number, ranks: number): Exchange {
  const pieces = Math.ceil(bytes / pieceBytes);
  return { messages: pieces * Math.ceil(Math.log2(ranks)), bytes: ((ranks - 1) / ranks) * bytes };
}

/** A sum over ranks on every rank: its parts, and their gathering. */
export function allReduceExchange(bytes: number, ranks: number): Exchange {
  const { messages, bytes: sent } = reduceScatterExchange(bytes, ranks);
  return { messages: 2 * messages, bytes: 2 * sent };
}

/** One after the other. */
export function inTurn(exchanges: readonly Exchange[]): Exchange {
  return exchanges.reduce((sum, next) => ({ messages: sum.messages + next.messages, bytes: sum.bytes + next.bytes }), {
    messages: 0,
    bytes: 0,
  });
}
