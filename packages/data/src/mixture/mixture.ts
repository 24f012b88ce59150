import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import { promptPlace } from '../split/prompt_hash';

/** One part of a mixture. */
export interface MixturePart<T> {
  readonly name: string;
  readonly examples: readonly T[];
  /** A share of its prompts; above 1, how often they are repeated. */
  readonly weight?: number;
  /** The most examples of it. */
  readonly cap?: number;
}

export interface Mixture<T> {
  /** The parts behind each other, each in its own order. */
  readonly examples: readonly T[];
  /** Of each part, what it held and what was taken of it. */
  readonly parts: readonly {
    readonly name: string;
    readonly prompts: number;
    readonly held: number;
    readonly taken: number;
  }[];
  /** Prompts that are taken from more than one part. They stay in each; splitting by prompt keeps them together. */
  readonly sharedPrompts: number;
}

/**
 * Several sets of examples as one. A weight of 0.5 takes half of a part's prompts with all their examples; 2.5 takes
 * every example twice and half of the prompts a third time. A cap is applied after the weight. Which prompts are taken
 * is told by the seed and each prompt's text, so that a larger share holds a smaller one, and has nothing to do with
 * which are held out.
 *
 * @throws InputError for a weight that is not above 0, or a cap that is no whole number above 0
 */
export function mix<T extends { readonly prompt: Prompt }>(
  parts: readonly MixturePart<T>[],
  { seed }: { readonly seed: number },
): Mixture<T> {
  // A prompt is known by its place, a number: to keep the texts a second time would double the memory.
  const partsOf = new Map<number, Set<MixturePart<T>>>();
  const taken = parts.map((part) => {
    const keys = part.examples.map(({ prompt }) => promptPlace(prompt, `mixture ${seed}`));
    const order = drawOrder(keys);
    const indices = capped(weighted(keys, order, part), keys, order, part);
    for (const key of new Set(indices.map((i) => keys[i] as number))) {
      const holders = partsOf.get(key) ?? new Set();
      partsOf.set(key, holders.add(part));
    }
    return {
      examples: indices.map((i) => part.examples[i] as T),
      counts: { name: part.name, prompts: order.size, held: keys.length, taken: indices.length },
    };
  });
  return {
    examples: taken.flatMap(({ examples }) => examples),
    parts: taken.map(({ counts }) => counts),
    sharedPrompts: [...partsOf.values()].filter((holders) => holders.size > 1).length,
  };
}

/** Each prompt's number in the order in which they are drawn. */
function drawOrder(keys: readonly number[]): Map<number, number> {
  return new Map([...new Set(keys)].sort((a, b) => a - b).map((key, i) => [key, i]));
}

function weighted<T>(
  keys: readonly number[],
  order: ReadonlyMap<number, number>,
  { name, weight = 1 }: MixturePart<T>,
): number[] {
  if (!(weight > 0 && Number.isFinite(weight)))
    throw new InputError(`${name}: its weight must be above 0, not ${weight}.`);
  const whole = Math.floor(weight);
  const once = Math.round((weight - whole) * order.size);
  // A share so small that it rounds to nothing still takes one.
  const share = whole === 0 ? Math.max(1, once) : once;
  const indices = keys.map((_, i) => i);
  const some = indices.filter((i) => (order.get(keys[i] as number) as number) < share);
  return [...Array.from({ length: whole }, () => indices).flat(), ...some];
}

/** The examples of the prompts that are drawn first, in their own order. */
function capped<T>(
  indices: readonly number[],
  keys: readonly number[],
  order: ReadonlyMap<number, number>,
  { name, cap }: MixturePart<T>,
): readonly number[] {
  if (cap === undefined) return indices;
  if (!(Number.isSafeInteger(cap) && cap > 0))
    throw new InputError(`${name}: its cap must be a whole number above 0, not ${cap}.`);
  if (indices.length <= cap) return indices;
  const place = (at: number) => order.get(keys[indices[at] as number] as number) as number;
  const drawn = indices.map((_, at) => at).sort((a, b) => place(a) - place(b) || a - b);
  const kept = new Set(drawn.slice(0, cap));
  return indices.filter((_, at) => kept.has(at));
}
