import type { Communicator } from '@halokit/distributed';
import type { TokenRow } from '@halokit/models';
import { type Reference, sharedReference } from '@halokit/trainer';

/** What several ranks answer together. */
export interface AnsweringRanks {
  /** This rank's; all have the same model. */
  readonly reference: Reference;
  /** All that may be asked: a row is known by its place, which is the same on every rank. */
  readonly rows: readonly TokenRow[];
  readonly communicator: Communicator;
  /** Whether this rank was asked to stop. */
  readonly signal: AbortSignal;
}

/** In place of the number of rows that are asked for. */
const noMore = 0;

/**
 * A reference that rank 0 asks, and all ranks answer: it alone knows which rows are missing, for it alone has the store. The others
 * call {@link answerFirst} meanwhile.
 *
 * @throws AbortError, from `logps` and on all, where any rank was asked to stop
 */
export function askedByFirst({ reference, rows, communicator, signal }: AnsweringRanks) {
  const shared = sharedReference(reference, communicator);
  const placeOf = new Map(rows.map((row, place) => [row, place]));
  let isBetween = true;
  return {
    async logps(asked: readonly TokenRow[]): Promise<Float32Array[]> {
      isBetween = false;
      const places = Int32Array.from(asked, (row) => placeOf.get(row) as number);
      await communicator.broadcast(Int32Array.of(places.length));
      await communicator.broadcast(places);
      const answers = await shared.logps(asked, { signal });
      isBetween = true;
      return answers;
    },
    /** Tells the others that there are no more questions. @returns whether they could be told: not in the middle of one */
    async end(): Promise<boolean> {
      if (isBetween) await communicator.broadcast(Int32Array.of(noMore));
      return isBetween;
    },
  };
}

/** Takes part in what rank 0 asks, until it has no more questions. @throws AbortError where any rank was asked to stop */
export async function answerFirst({ reference, rows, communicator, signal }: AnsweringRanks): Promise<void> {
  const shared = sharedReference(reference, communicator);
  for (;;) {
    const count = new Int32Array(1);
    await communicator.broadcast(count);
    if (count[0] === noMore) return;
    const places = new Int32Array(count[0] as number);
    await communicator.broadcast(places);
    const asked = [...places].map((place) => rows[place] as TokenRow);
    await shared.logps(asked, { signal });
  }
}
