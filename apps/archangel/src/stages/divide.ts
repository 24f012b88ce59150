import { type Binary, type Feedback, type Preference, shuffled, splitByPrompt } from '@halokit/data';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Division {
  readonly seed: number;
  /** Use only this many examples, drawn with the seed. */
  readonly rows?: number;
  /** Share of the prompts held out. */
  readonly heldOut: number;
}

/** Training and held-out feedback, no prompt in both. */
export function divide(
  feedback: Feedback,
  { seed, rows, heldOut: share }: Division,
): { train: Feedback; heldOut: Feedback } {
  const all: readonly (Preference | Binary)[] = feedback.examples;
  const drawn = rows === undefined ? all : shuffled(all, xoroshiro128plus(seed)).slice(0, rows);
  const { train, heldOut } = splitByPrompt<Preference | Binary>(drawn, { share, seed });
  const of = (examples: readonly (Preference | Binary)[]) => ({ kind: feedback.kind, examples }) as Feedback;
  return { train: of(train), heldOut: of(heldOut) };
}
