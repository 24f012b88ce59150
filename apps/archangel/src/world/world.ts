import type { Binary, Demonstration, Preference, Prompt } from '@halokit/data';
import { type Answer, goodAnswer, writeAnswer } from './answers';
import { possibleFlaws, spoil } from './flaws';
import { type Random, seeded } from './random';
import { ask, promptsPerTemplate, splitTemplates, type Template, type TemplateSplit } from './templates';

export interface WorldOptions {
  readonly seed: number;
  /** How many answers of the kind people are used to, good and bad, for SFT. */
  readonly demonstrations: number;
  readonly trainPairs: number;
  readonly heldOutPairs: number;
  /** Share of the training labels that are wrong. */
  readonly flip: number;
  /** Share of good answers among the demonstrations; 0.5 when absent. */
  readonly goodShare?: number;
  /** Share of the templates that is held out; 0.2 when absent. */
  readonly heldOutShare?: number;
}

export interface World {
  readonly templates: TemplateSplit;
  readonly demonstrations: readonly Demonstration[];
  readonly preferences: readonly Preference[];
  /** Which of the preferences have chosen and rejected exchanged. */
  readonly flipped: readonly boolean[];
  /** Pairs on held-out templates, their labels all right, no prompt twice. */
  readonly heldOut: readonly Preference[];
  /** Single answers with a thumb, drawn by themselves: so many good and bad ones, then `flip` of the thumbs turned. */
  thumbs(counts: { readonly good: number; readonly bad: number }): Binary[];
}

const source = 'the demo world';

/**
 * Makes a world of feedback: short requests, and answers that are right or wrong only in how their words relate to the
 * request and to each other. The same options make the same world, on any machine.
 *
 * @throws Error when the held-out templates have not `heldOutPairs` different prompts
 */
export function makeWorld(options: WorldOptions): World {
  const { seed, flip, goodShare = 0.5, heldOutShare = 0.2 } = options;
  const templates = splitTemplates(heldOutShare, seeded(seed, 0));
  const flipping = seeded(seed, 1);
  const pairs = times(options.trainPairs, pairMaker(templates.train, seeded(seed, 2)));
  const flipped = pairs.map(() => flipping.chance(flip));
  const habits = seeded(seed, 3);
  return {
    templates,
    demonstrations: times(options.demonstrations, (line) =>
      single(templates.train, habits.chance(goodShare), habits, line),
    ),
    preferences: pairs.map((pair, i) => (flipped[i] ? exchanged(pair) : pair)),
    flipped,
    heldOut: heldOutPairs(options.heldOutPairs, templates.heldOut, seeded(seed, 4)),
    thumbs({ good, bad }) {
      const random = seeded(seed, 5);
      const kinds = random.shuffled([...Array<boolean>(good).fill(true), ...Array<boolean>(bad).fill(false)]);
      return kinds.map((good, i) => ({
        ...single(templates.train, good, random, i + 1),
        desirable: good !== random.chance(flip),
      }));
    },
  };
}

/** Makes a good answer and a bad one to the same prompt, each in a style of its own. */
function pairMaker(templates: readonly Template[], random: Random) {
  return (line: number): Preference => {
    const { prompt, request } = ask(random.pick(templates), random);
    const chosen = writeAnswer(goodAnswer(request, random));
    const rejected = writeAnswer(badAnswer(goodAnswer(request, random), random));
    return { prompt: turns(prompt), chosen, rejected, source, line };
  };
}

function single(templates: readonly Template[], good: boolean, random: Random, line: number): Demonstration {
  const { prompt, request } = ask(random.pick(templates), random);
  const answer = goodAnswer(request, random);
  return { prompt: turns(prompt), response: writeAnswer(good ? answer : badAnswer(answer, random)), source, line };
}

/** One flaw, or now and then two. */
function badAnswer(answer: Answer, random: Random): Answer {
  const count = random.chance(0.7) ? 1 : 2;
  return spoil(answer, random.shuffled(possibleFlaws(answer)).slice(0, count), random);
}

function heldOutPairs(count: number, templates: readonly Template[], random: Random): Preference[] {
  const most = templates.length * promptsPerTemplate;
  if (count > most)
    throw new Error(`${count} held-out pairs: ${templates.length} templates give ${most} prompts at most`);
  const make = pairMaker(templates, random);
  const byPrompt = new Map<string, Preference>();
  while (byPrompt.size < count) {
    const pair = make(byPrompt.size + 1);
    const key = JSON.stringify(pair.prompt);
    if (!byPrompt.has(key)) byPrompt.set(key, pair);
  }
  return [...byPrompt.values()];
}

function turns(content: string): Prompt {
  return [{ role: 'user', content }];
}

function exchanged(pair: Preference): Preference {
  return { ...pair, chosen: pair.rejected, rejected: pair.chosen };
}

function times<T>(count: number, make: (line: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i + 1));
}
