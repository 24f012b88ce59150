import { createHash } from 'node:crypto';
import type { Communicator } from '@halokit/distributed';
import type { TokenRow } from '@halokit/models';
import type { Reference } from '@halokit/trainer';

/** Numbers that are handed on at once: 64 MiB. */
const atOnce = 1 << 24;

/**
 * What rank 0 knows of rows, in the memory of every rank: the others need not see its disk.
 *
 * @param known rank 0's, and nobody's elsewhere
 * @param rows the same on all
 */
export async function knownToAll(
  known: Reference | undefined,
  rows: readonly TokenRow[],
  communicator: Communicator,
  most = atOnce,
): Promise<Reference> {
  const distinct = [...new Map(rows.map((row) => [keyOf(row), row]))];
  const learnt = new Map<string, Float32Array>();
  for (let start = 0, end = 0; start < distinct.length; start = end) {
    let numbers = 0;
    while (end < distinct.length && numbers < most) numbers += distinct[end++]?.[1].response.length ?? 0;
    const some = distinct.slice(start, end);
    const logps = new Float32Array(numbers);
    let place = 0;
    for (const row of (await known?.logps(some.map(([, row]) => row))) ?? []) {
      logps.set(row, place);
      place += row.length;
    }
    await communicator.broadcast(logps);
    place = 0;
    for (const [key, { response }] of known ? [] : some) {
      learnt.set(key, logps.slice(place, place + response.length));
      place += response.length;
    }
  }
  return known ?? { logps: async (asked) => asked.map((row) => answer(learnt, row)) };
}

function answer(learnt: ReadonlyMap<string, Float32Array>, row: TokenRow): Float32Array {
  const logps = learnt.get(keyOf(row));
  if (logps) return logps;
  throw new Error('The run asks for a row of the reference that it has not asked for before.');
}

function keyOf({ prompt, response }: TokenRow): string {
  return createHash('sha256').update(Int32Array.of(prompt.length)).update(prompt).update(response).digest('base64');
}
