import type { Random } from './random';
import type { Request } from './templates';
import { craftOf, manners, type Register } from './words';

/** What an answer says, part by part. */
export interface Answer {
  readonly greets: Register;
  readonly item: string;
  /** Three of them. */
  readonly steps: readonly string[];
  readonly tool: string;
  readonly number: string;
  /** The number as the promise at the end repeats it. */
  readonly promised: string;
  readonly day: string;
  readonly closes: Register;
  readonly style: Style;
}

/** How it says it; no style is better than another. */
export interface Style {
  readonly greeting: 0 | 1;
  readonly closing: 0 | 1;
  readonly brief: boolean;
  readonly toolFirst: boolean;
  readonly repeatsNumber: boolean;
  readonly cheers: boolean;
}

/** A good answer to a request, in a style drawn at random. */
export function goodAnswer({ register, number, item, day }: Request, random: Random): Answer {
  const craft = craftOf(item);
  if (!craft) throw new Error(`no craft has the item ${item}`);
  return {
    greets: register,
    item,
    steps: craft.steps,
    tool: craft.tool,
    number,
    promised: number,
    day,
    closes: register,
    style: {
      greeting: random.pick([0, 1]),
      closing: random.pick([0, 1]),
      brief: random.chance(0.5),
      toolFirst: random.chance(0.5),
      repeatsNumber: random.chance(0.7),
      cheers: random.chance(0.3),
    },
  };
}

/** The answer's text. `answerShape` in judge.ts is its grammar. */
export function writeAnswer({ style, ...answer }: Answer): string {
  const { item, number, promised, day } = answer;
  const [first, second, third] = answer.steps;
  const method = style.brief
    ? `Just ${first}, ${second} and ${third} the ${number} ${item}.`
    : `First ${first} the ${number} ${item}, then ${second} them, then ${third} them.`;
  const tool = `Use the ${answer.tool}.`;
  return [
    manners[answer.greets].greetings[style.greeting],
    ...(style.cheers ? ['It is easy.'] : []),
    ...(style.toolFirst ? [tool, method] : [method, tool]),
    style.repeatsNumber ? `All ${promised} are ready by ${day}.` : `They are ready by ${day}.`,
    manners[answer.closes].closings[style.closing],
  ].join(' ');
}
