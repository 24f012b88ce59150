import { shuffled } from '@halokit/data';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { InputError } from './input_error';

/**
 * For each example of a batch, the example whose response is put after its prompt to estimate KTO's reference point.
 *
 * A partner always has a different *prompt*: a row that met its own prompt's response would measure the reward it is
 * meant to be a baseline for. Where no prompt fills more than half the batch the partners are a permutation of it, so
 * every response is used once: examples are grouped by prompt and moved on by the largest group's size. Otherwise (a
 * batch of one among them) each partner is drawn from the examples of the whole dataset with another prompt.
 *
 * @param batch indices of the batch's examples in the dataset
 * @param prompts one key per example of the dataset, equal for equal prompts
 * @returns indices in the dataset, one for each example of the batch
 * @throws InputError when the dataset has a single prompt
 */
export function klPartners(batch: readonly number[], prompts: readonly string[], random: RandomGenerator): number[] {
  const promptOf = (example: number) => prompts[example] as string;
  const groups = new Map<string, number[]>();
  for (const position of shuffled([...batch.keys()], random)) {
    const key = promptOf(batch[position] as number);
    groups.set(key, [...(groups.get(key) ?? []), position]);
  }
  const shift = Math.max(...[...groups.values()].map((group) => group.length));
  const partners = new Array<number>(batch.length);
  if (2 * shift <= batch.length) {
    const order = [...groups.values()].flat();
    order.forEach((position, i) => {
      partners[position] = batch[order[(i + shift) % order.length] as number] as number;
    });
    return partners;
  }
  return batch.map((example) => drawWithOtherPrompt(example, prompts, random));
}

/** A uniform draw: tries at random first, and lists what is left only where one prompt dominates. */
function drawWithOtherPrompt(example: number, prompts: readonly string[], random: RandomGenerator): number {
  const differs = (other: number) => prompts[other] !== prompts[example];
  for (let attempt = 0; attempt < 16; attempt++) {
    const other = uniformInt(random, 0, prompts.length - 1);
    if (differs(other)) return other;
  }
  const others = [...prompts.keys()].filter(differs);
  if (others.length === 0) {
    throw new InputError(
      'All examples share one prompt, so KTO has no mismatched rows to estimate its reference point from. ' +
        'Add examples with other prompts, or choose a loss that needs no KL rows, such as dpo.',
    );
  }
  return others[uniformInt(random, 0, others.length - 1)] as number;
}
