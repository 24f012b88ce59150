import { type Communicator, shareText } from '@halokit/distributed';
import type { ScoredText, ScoreTexts } from '@halokit/evaluation';
import { InputError } from '../input_error';
import type { Ranks } from '../ranks/ranks';

/** What rank 0 tells the others: texts, of which each scores its share, and by which model; or that there are no more. */
type Order = { readonly texts: readonly ScoredText[]; readonly fingerprint: string } | { readonly texts?: undefined };

/** A model as it scores on one rank. */
interface OwnModel {
  readonly name: string;
  /** SHA-256 of the model. */
  readonly fingerprint: string;
  readonly score: ScoreTexts;
}

/** Ranks, each with the same reward model, that score texts together: rank 0 says which. */
export interface ScoringRanks {
  readonly size: number;
  /** On rank 0: scores texts as its model does, a share on every rank, one batch after the other. */
  lead(own: OwnModel): ScoreTexts;
  /**
   * On rank 0: lets the others go, when what was being scored is.
   *
   * @throws what scoring threw, with which the ranks have lost each other
   */
  end(): Promise<void>;
  /** On the others: scores their share until they are let go. @throws InputError for another model than rank 0 has */
  follow(own: OwnModel): Promise<void>;
}

/**
 * @param signal whether this process was asked to stop
 * @param onStop is told that a rank was
 */
export function scoringRanks(
  { communicator, rank, size }: Ranks & { readonly communicator: Communicator },
  signal: AbortSignal,
  onStop: () => void,
): ScoringRanks {
  const tell = (order: Order) => shareText(communicator, JSON.stringify(order));
  const scoreShare = async (texts: readonly ScoredText[], score: ScoreTexts): Promise<number[]> => {
    const starts = Array.from({ length: size + 1 }, (_, i) => Math.floor((i * texts.length) / size));
    const [start, end] = starts.slice(rank) as [number, number];
    const scores = start < end ? await score(texts.slice(start, end)) : [];
    // Each rank's share behind a number that is 1 where it was asked to stop.
    const all = new Float64Array(texts.length + size);
    all.set([signal.aborted ? 1 : 0, ...scores], start + rank);
    const counts = starts.slice(1).map((next, i) => next - (starts[i] as number) + 1);
    await communicator.allGather(all, counts);
    const flags = new Set(starts.slice(0, size).map((begin, i) => begin + i));
    if ([...flags].some((place) => all[place] === 1)) onStop();
    return [...all].filter((_, place) => !flags.has(place));
  };
  let before: Promise<unknown> = Promise.resolve();
  // Behind a failure nothing is done: another rank waits for what did not come.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = before.then(work);
    before = done;
    return done;
  };
  return {
    size,
    lead:
      ({ fingerprint, score }) =>
      (texts) =>
        inTurn(async () => {
          await tell({ texts, fingerprint });
          return scoreShare(texts, score);
        }),
    end: () =>
      inTurn(async () => {
        await tell({});
      }),
    async follow({ name, fingerprint, score }) {
      for (;;) {
        const order: Order = JSON.parse(await shareText(communicator, undefined));
        if (!order.texts) return;
        if (order.fingerprint !== fingerprint) {
          throw new InputError(
            `${name}: is another model here than on rank 0. Put it where every host finds the same files.`,
          );
        }
        await scoreShare(order.texts, score);
      }
    },
  };
}
