import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Binary } from '../feedback';
import { InputError } from '../input_error';
import { shuffled } from '../shuffle';
import { promptKey } from '../split/prompt_key';
import type { Tally } from '../tally';

/** How many examples each class has. */
export function classCounts(examples: readonly Pick<Binary, 'desirable'>[]): {
  desirable: number;
  undesirable: number;
} {
  const desirable = examples.filter((example) => example.desirable).length;
  return { desirable, undesirable: examples.length - desirable };
}

export interface KeepOptions {
  /** The share of desirable examples to keep, from 0 to 1; all, unless stated. */
  readonly keepDesirable?: number;
  /** The share of undesirable examples to keep. */
  readonly keepUndesirable?: number;
  readonly seed: number;
}

/**
 * Keeps a share of each class, drawn with the seed, in order: round(share x n) of its n examples, whatever their
 * prompts. The rest is dropped and counted. A larger share keeps all that a smaller one does.
 *
 * Source: HALOs' `frac_unique_desirable` and `frac_unique_undesirable`, which in its main branch do nothing above 0.5.
 *
 * @throws InputError for shares outside of 0 to 1
 */
export function keepShares<T extends Pick<Binary, 'desirable'>>(
  examples: readonly T[],
  { keepDesirable = 1, keepUndesirable = 1, seed }: KeepOptions,
  tally: Tally,
): T[] {
  for (const [name, share] of Object.entries({ keepDesirable, keepUndesirable })) {
    if (!(share >= 0 && share <= 1)) throw new InputError(`${name}: must be a number from 0 to 1, not ${share}.`);
  }
  // A generator for each class, so that one's share does not change what is kept of the other.
  const desirable = drawn(examples, true, keepDesirable, xoroshiro128plus(seed));
  const undesirable = drawn(examples, false, keepUndesirable, xoroshiro128plus(~seed));
  return examples.filter((example, i) => {
    const kept = desirable.has(i) || undesirable.has(i);
    if (kept) tally.keep();
    else tally.drop(example.desirable ? 'beyond the share of desirable kept' : 'beyond the share of undesirable kept');
    return kept;
  });
}

function drawn<T extends Pick<Binary, 'desirable'>>(
  examples: readonly T[],
  desirable: boolean,
  share: number,
  random: RandomGenerator,
): ReadonlySet<number> {
  const members = examples.flatMap((example, i) => (example.desirable === desirable ? [i] : []));
  return new Set(shuffled(members, random).slice(0, Math.round(share * members.length)));
}

/**
 * One response of each prompt, drawn with the seed, in order; the others are dropped and counted.
 *
 * The classes come out as equal as they can: a prompt whose responses are all of one class is of that class; of the
 * others, drawn with the seed, as many are made desirable as bring the two counts closest (the odd one is desirable).
 * Then each prompt's response is drawn from those of its class.
 *
 * Source: "KTO: Model Alignment as Prospect Theoretic Optimization", whose "one-y-per-x" setting this is.
 */
export function onePerPrompt<T extends Binary>(examples: readonly T[], seed: number, tally: Tally): T[] {
  const random = xoroshiro128plus(seed);
  const prompts = new Map<string, number[]>();
  examples.forEach(({ prompt }, i) => {
    const key = promptKey(prompt);
    const all = prompts.get(key);
    if (all) all.push(i);
    else prompts.set(key, [i]);
  });
  const isDesirable = (i: number) => (examples[i] as T).desirable;
  const responses = [...prompts.values()];
  const mixed = responses.filter((all) => all.some(isDesirable) && !all.every(isDesirable));
  const good = responses.filter((all) => all.every(isDesirable)).length;
  const bad = responses.length - mixed.length - good;
  const wanted = Math.min(mixed.length, Math.max(0, Math.ceil((mixed.length + bad - good) / 2)));
  const made = new Set(shuffled(mixed, random).slice(0, wanted));
  const chosen = new Set(
    responses.map((all) => {
      const desirable = made.has(all) || all.every(isDesirable);
      const ofClass = all.filter((i) => isDesirable(i) === desirable);
      return ofClass[uniformInt(random, 0, ofClass.length - 1)] as number;
    }),
  );
  return examples.filter((_, i) => {
    if (chosen.has(i)) tally.keep();
    else tally.drop('another response of its prompt was drawn');
    return chosen.has(i);
  });
}
