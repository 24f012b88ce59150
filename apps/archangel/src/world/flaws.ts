import type { Answer } from './answers';
import type { Random } from './random';
import { type Craft, craftOf, crafts, days, except, numbers, otherRegister, tools } from './words';

/**
 * Ways to spoil an answer, each named after the judge's criterion that it fails. All keep the vocabulary and the
 * length: a flaw is a wrong relation between words, never a word.
 */
const flaws = {
  greeting: (answer, _) => ({ ...answer, greets: otherRegister(answer.greets) }),
  /** A sound answer to another question. */
  topic(answer, random) {
    const craft = random.pick(otherCrafts(answer.item));
    return { ...answer, item: random.pick(craft.items), steps: craft.steps, tool: craft.tool };
  },
  method: (answer, random) => ({ ...answer, steps: random.pick(otherCrafts(answer.item)).steps }),
  tool: (answer, random) => ({ ...answer, tool: random.pick(except(tools, craftOf(answer.item)?.tool)) }),
  order(answer, random) {
    const [first, second, third] = answer.steps as [string, string, string];
    const wrong = [
      [second, first, third],
      [first, third, second],
      [third, second, first],
    ];
    return { ...answer, steps: random.pick(wrong) };
  },
  /** One step twice running, in the place of another. */
  repeats(answer, random) {
    const missing = random.pick(answer.steps);
    const [early, late] = except(answer.steps, missing) as [string, string];
    return { ...answer, steps: random.chance(0.5) ? [early, early, late] : [early, late, late] };
  },
  number(answer, random) {
    const number = random.pick(except(numbers, answer.number));
    return { ...answer, number, promised: number };
  },
  consistency: (answer, random) => ({ ...answer, promised: random.pick(except(numbers, answer.number)) }),
  day: (answer, random) => ({ ...answer, day: random.pick(except(days, answer.day)) }),
  closing: (answer, _) => ({ ...answer, closes: otherRegister(answer.closes) }),
} satisfies Record<string, (answer: Answer, random: Random) => Answer>;

export type Flaw = keyof typeof flaws;

/** In the order in which they are applied: none hides an earlier one. */
export const flawNames = Object.keys(flaws) as readonly Flaw[];

/** The answer with the named flaws. */
export function spoil(answer: Answer, names: readonly Flaw[], random: Random): Answer {
  return flawNames.filter((name) => names.includes(name)).reduce((spoilt, name) => flaws[name](spoilt, random), answer);
}

/** Flaws that show in an answer of this style; a number that is said once cannot contradict itself. */
export function possibleFlaws({ style }: Answer): readonly Flaw[] {
  return style.repeatsNumber ? flawNames : except(flawNames, 'consistency');
}

function otherCrafts(item: string): Craft[] {
  return crafts.filter(({ items }) => !items.includes(item));
}
