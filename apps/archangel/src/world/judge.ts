import type { Verdict } from '@halokit/evaluation';
import { readRequest } from './templates';
import { craftOf, crafts, days, items, manners, numbers, registers, steps, tools, wordsOf } from './words';

/** What the judge looks at. */
export type Criterion =
  | 'form'
  | 'greeting'
  | 'topic'
  | 'method'
  | 'order'
  | 'repeats'
  | 'tool'
  | 'number'
  | 'consistency'
  | 'day'
  | 'closing';

export interface Reason {
  readonly criterion: Criterion;
  readonly passed: boolean;
}

export interface Judgment {
  /** Share of criteria passed, 0 to 1. */
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/**
 * Judges an answer by eleven criteria of equal weight. Any text will do: what is missing or garbled fails.
 *
 * @throws Error for a prompt that is not of this world
 */
export function judge(prompt: string, answer: string): Judgment {
  const request = readRequest(prompt);
  if (!request) throw new Error(`not a prompt of this world: ${prompt}`);
  const text = answer.trim();
  const words = wordsOf(text);
  const said = (names: readonly string[]) => words.filter((word) => names.includes(word));
  const only = (names: readonly string[], right: string | undefined) =>
    said(names).length > 0 && said(names).every((word) => word === right);
  const craft = craftOf(said(items)[0] ?? '');
  const taken = said(steps);
  const passed: Record<Criterion, boolean> = {
    form: answerShape.test(text),
    greeting: manners[request.register].greetings.some((greeting) => text.startsWith(greeting)),
    topic: only(items, request.item),
    method: craft !== undefined && taken.length > 0 && taken.every((step) => craft.steps.includes(step)),
    order: taken.length > 1 && isAscending(taken.map(place)),
    repeats: taken.length > 1 && isDistinct(taken) && isDistinct(text.split(/(?<=[.!])\s+/)),
    tool: only(tools, craft?.tool),
    number: said(numbers)[0] === request.number,
    consistency: only(numbers, said(numbers)[0]),
    day: only(days, request.day),
    closing: manners[request.register].closings.some((closing) => text.endsWith(closing)),
  };
  const reasons = Object.entries(passed).map(([name, passed]) => ({ criterion: name as Criterion, passed }));
  return { score: reasons.filter((reason) => reason.passed).length / reasons.length, reasons };
}

/** Which of two answers the judge scores higher. */
export function verdict(question: { prompt: string; first: string; second: string }): Verdict {
  const difference = judge(question.prompt, question.first).score - judge(question.prompt, question.second).score;
  return difference > 0 ? 'first' : difference < 0 ? 'second' : 'tie';
}

/** The grammar of answers, whatever they say. */
const answerShape = (() => {
  const any = (words: readonly string[]) => `(?:${words.map((word) => word.replaceAll('.', '\\.')).join('|')})`;
  const [number, item, step] = [any(numbers), any(items), any(steps)];
  const method =
    `(?:Just ${step}, ${step} and ${step} the ${number} ${item}\\.` +
    `|First ${step} the ${number} ${item}, then ${step} them, then ${step} them\\.)`;
  const tool = `Use the ${any(tools)}\\.`;
  const promise = `(?:All ${number}|They) are ready by ${any(days)}\\.`;
  const greeting = any(registers.flatMap((register) => manners[register].greetings));
  const closing = any(registers.flatMap((register) => manners[register].closings));
  return new RegExp(`^${greeting}(?: It is easy\\.)? (?:${tool} ${method}|${method} ${tool}) ${promise} ${closing}$`);
})();

/** A step's place in its own craft. */
function place(step: string): number {
  return Math.max(...crafts.map((craft) => craft.steps.indexOf(step)));
}

function isAscending(places: readonly number[]): boolean {
  return places.every((place, i) => i === 0 || place >= (places[i - 1] as number));
}

function isDistinct(things: readonly string[]): boolean {
  return new Set(things).size === things.length;
}
