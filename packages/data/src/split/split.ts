import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import { shuffled } from '../shuffle';
import { promptIdentity } from './prompt_hash';

/**
 * Parts examples by prompt: all examples of a prompt, of whichever set, are on one side; prompts that differ only in
 * spaces or in how their characters are composed are one. `share` of the prompts, at least one, are held out, drawn with
 * the seed; order is kept. `isHeldOut` parts a stream.
 *
 * @throws InputError when there are fewer than two prompts
 */
export function splitByPrompt<T extends { readonly prompt: Prompt }>(
  examples: readonly T[],
  { share, seed }: { readonly share: number; readonly seed: number },
): { train: T[]; heldOut: T[] } {
  const key = ({ prompt }: T) => promptIdentity(prompt);
  const prompts = [...new Set(examples.map(key))];
  if (prompts.length < 2) {
    throw new InputError(
      `The data has ${prompts.length} distinct prompt, so none can be held out for evaluation. Add more.`,
    );
  }
  const count = Math.min(prompts.length - 1, Math.max(1, Math.round(share * prompts.length)));
  const held = new Set(shuffled(prompts, xoroshiro128plus(seed)).slice(0, count));
  return { train: examples.filter((e) => !held.has(key(e))), heldOut: examples.filter((e) => held.has(key(e))) };
}
