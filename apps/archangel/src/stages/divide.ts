import {
  type Binary,
  type Counts,
  type Feedback,
  flipLabels,
  joinVotes,
  keepShares,
  onePerPrompt,
  type Preference,
  shuffled,
  splitByPrompt,
  splitByTime,
  Tally,
  toBinary,
} from '@halokit/data';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { DataOptions } from '../config/data_options';

export type Division = Pick<
  DataOptions,
  'joinVotes' | 'rows' | 'heldOut' | 'heldOutBy' | 'onePerPrompt' | 'keepDesirable' | 'keepUndesirable' | 'flipLabels'
> & { readonly seed: number };

/** Training and held-out feedback, and what was left out on the way. */
export interface Divided {
  readonly train: Feedback;
  readonly heldOut: Feedback;
  /** Each step that leaves examples out or changes them, in order. */
  readonly steps: readonly { readonly what: string; readonly counts: Counts }[];
}

/**
 * Training and held-out feedback, no prompt in both: votes are joined, rows drawn, prompts held out; then what is trained
 * on, and that alone, is thinned out, and labels of it turned round. Where classes are thinned out, pairs become single
 * responses.
 */
export function divide(feedback: Feedback, division: Division): Divided {
  const { seed, rows, heldOut: share, heldOutBy, keepDesirable, keepUndesirable, flipLabels: flipped } = division;
  const steps: { what: string; counts: Counts }[] = [];
  const counted = <T>(what: string, step: (tally: Tally) => T): T => {
    const tally = new Tally();
    const result = step(tally);
    steps.push({ what, counts: tally.counts() });
    return result;
  };
  const joined = division.joinVotes
    ? binary(counted('votes on one response', (tally) => joinVotes(toBinary(feedback), tally)))
    : feedback;
  const all: readonly (Preference | Binary)[] = joined.examples;
  const drawn = rows === undefined ? all : shuffled(all, xoroshiro128plus(seed)).slice(0, rows);
  const { train, heldOut } =
    heldOutBy === 'time'
      ? counted('held out by time', (tally) => splitByTime(drawn, { share }, tally))
      : splitByPrompt(drawn, { share, seed });
  const of = (examples: readonly (Preference | Binary)[]) => ({ kind: joined.kind, examples }) as Feedback;

  let taken = of(train);
  if (division.onePerPrompt) {
    taken = binary(counted('one response of each prompt', (tally) => onePerPrompt(toBinary(taken), seed, tally)));
  }
  if (keepDesirable !== undefined || keepUndesirable !== undefined) {
    const shares = { keepDesirable, keepUndesirable, seed };
    taken = binary(counted('shares of the classes', (tally) => keepShares(toBinary(taken), shares, tally)));
  }
  if (flipped !== undefined && flipped > 0) {
    taken = counted('labels turned round', (tally) => flipLabels(taken, { share: flipped, seed }, tally));
  }
  return { train: taken, heldOut: of(heldOut), steps };
}

function binary(examples: readonly Binary[]): Feedback {
  return { kind: 'binary', examples };
}
