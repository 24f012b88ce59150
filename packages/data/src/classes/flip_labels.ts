import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Binary, Feedback, Preference } from '../feedback';
import { InputError } from '../input_error';
import { shuffled } from '../shuffle';
import type { Tally } from '../tally';

export interface FlipOptions {
  /** The share of labels to turn round, from 0 to 1. */
  readonly share: number;
  readonly seed: number;
}

/**
 * Turns round a share of the labels, drawn with the seed, to see what noise does: round(share x n) of n pairs have chosen
 * and rejected exchanged, or so many thumbs are turned. Each is counted as a repair; order stays. A larger share turns
 * all that a smaller one does.
 *
 * A margin stays as it is: who errs says by how much as well, and a margin that changed sign or went would tell which
 * labels are wrong.
 *
 * @throws InputError for a share outside of 0 to 1
 */
export function flipLabels(feedback: Feedback, { share, seed }: FlipOptions, tally: Tally): Feedback {
  if (!(share >= 0 && share <= 1)) throw new InputError(`share: must be a number from 0 to 1, not ${share}.`);
  const { length } = feedback.examples;
  // A stream of its own: other draws with the seed, of what is kept, have nothing to do with what is turned.
  const random = xoroshiro128plus(seed);
  random.jump();
  const drawn = new Set(shuffled([...Array(length).keys()], random).slice(0, Math.round(share * length)));
  const turn = <T>(examples: readonly T[], turned: (example: T) => T) =>
    examples.map((example, i) => {
      tally.keep(drawn.has(i) ? ['turned round on purpose, as noise'] : []);
      return drawn.has(i) ? turned(example) : example;
    });
  return feedback.kind === 'preferences'
    ? { kind: feedback.kind, examples: turn(feedback.examples, exchanged) }
    : { kind: feedback.kind, examples: turn(feedback.examples, turnedThumb) };
}

function exchanged(pair: Preference): Preference {
  return { ...pair, chosen: pair.rejected, rejected: pair.chosen };
}

function turnedThumb(thumb: Binary): Binary {
  return { ...thumb, desirable: !thumb.desirable };
}
