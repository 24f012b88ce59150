import { type Communicator, shareText } from '@halokit/distributed';
import type { ScoredText, ScoreTexts } from '@halokit/evaluation';
import type { Ranks } from '../ranks/ranks';

/** What rank 0 tells the others: texts, of which each scores its share, or that there will be none any more. */
type Order = { readonly texts: readonly ScoredText[] } | { readonly end: 'done' | 'stopped' };

/** Ranks, each with the same reward model, that score texts together: rank 0 says which. */
export interface ScoringRanks {
  readonly size: number;
  /** On rank 0: scores texts as `own` does, a share on every rank, one batch after the other. */
  lead(own: ScoreTexts): ScoreTexts;
  /** On rank 0: lets the others go, when what was being scored is. */
  end(how: 'done' | 'stopped'): Promise<void>;
  /** On the others: scores their share until they are let go, and says how that came. */
  follow(own: ScoreTexts): Promise<'done' | 'stopped'>;
}

/**
 * @param signal whether this process was asked to stop
 * @param onStop is told on rank 0 that another rank was
 */
export function scoringRanks(
  { communicator, rank, size }: Ranks & { readonly communicator: Communicator },
  signal: AbortSignal,
  onStop: () => void,
): ScoringRanks {
  const tell = (order: Order) => shareText(communicator, JSON.stringify(order));
  /** The own share, behind a number that is 1 where this rank was asked to stop; then those of all. */
  const scoreShare = async (texts: readonly ScoredText[], own: ScoreTexts): Promise<number[]> => {
    const starts = Array.from({ length: size + 1 }, (_, i) => Math.floor((i * texts.length) / size));
    const [start, end] = starts.slice(rank) as [number, number];
    const scores = start < end ? await own(texts.slice(start, end)) : [];
    const all = new Float64Array(texts.length + size);
    all.set([signal.aborted ? 1 : 0, ...scores], start + rank);
    const counts = starts.slice(1).map((next, i) => next - (starts[i] as number) + 1);
    await communicator.allGather(all, counts);
    const flags = starts.slice(0, size).map((begin, i) => begin + i);
    if (flags.some((place) => all[place] === 1)) onStop();
    return [...all].filter((_, place) => !flags.includes(place));
  };
  let before: Promise<unknown> = Promise.resolve();
  /** Whatever is thrown ends the job, so nobody goes on behind it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = before.then(work);
    before = done.catch(() => {});
    return done;
  };
  return {
    size,
    lead: (own) => (texts) =>
      inTurn(async () => {
        await tell({ texts });
        return scoreShare(texts, own);
      }),
    end: (how) =>
      inTurn(async () => {
        await tell({ end: how });
      }),
    async follow(own) {
      for (;;) {
        const order: Order = JSON.parse(await shareText(communicator, undefined));
        if ('end' in order) return order.end;
        await scoreShare(order.texts, own);
      }
    },
  };
}
