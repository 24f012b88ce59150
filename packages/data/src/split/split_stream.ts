import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import { promptPlace } from './prompt_hash';

/**
 * Whether a prompt is held out, told from itself and the seed alone, so that a stream can be parted without being kept:
 * each prompt is held out with probability `share`, and is on the same side wherever and in whichever set it stands.
 * The number held out is only about `share`; `splitByPrompt` holds out an exact number.
 *
 * @throws InputError for a share that is not between 0 and 1
 */
export function isHeldOut(prompt: Prompt, { share, seed }: { readonly share: number; readonly seed: number }): boolean {
  if (!(share >= 0 && share <= 1)) throw new InputError(`share: must be a number from 0 to 1, not ${share}.`);
  return promptPlace(prompt, `held out ${seed}`) < share;
}
