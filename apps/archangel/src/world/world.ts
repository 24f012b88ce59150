import type { Binary, Demonstration, Preference, Prompt } from '@halokit/data';
import { InputError } from '../input_error';
import { type Random, seeded } from './random';
import { badReply, goodReply } from './replies';
import { ask, promptsPerTemplate, type Request, splitTemplates, type Template, type TemplateSplit } from './templates';

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
  /**
   * Share of the requests that are about stolen items and are to be refused; 0 when absent. Where there are any, feedback says
   * its `set`: `harmless` of such requests, `helpful` of the others.
   */
  readonly harmful?: number;
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
 * @throws InputError when the held-out templates have not `heldOutPairs` different prompts
 */
export function makeWorld(options: WorldOptions): World {
  const { seed, flip, goodShare = 0.5, heldOutShare = 0.2, harmful = 0 } = options;
  const templates = splitTemplates(heldOutShare, seeded(seed, 0));
  const flipping = seeded(seed, 1);
  const train = { templates: templates.train, harmful };
  const pairs = times(options.trainPairs, pairMaker(train, seeded(seed, 2)));
  const flipped = pairs.map(() => flipping.chance(flip));
  const habits = seeded(seed, 3);
  return {
    templates,
    demonstrations: times(options.demonstrations, (line) => single(train, habits.chance(goodShare), habits, line)),
    preferences: pairs.map((pair, i) => (flipped[i] ? exchanged(pair) : pair)),
    flipped,
    heldOut: heldOutPairs(options.heldOutPairs, { templates: templates.heldOut, harmful }, seeded(seed, 4)),
    thumbs({ good, bad }) {
      const random = seeded(seed, 5);
      const kinds = random.shuffled([...Array<boolean>(good).fill(true), ...Array<boolean>(bad).fill(false)]);
      return kinds.map((good, i) => ({
        ...single(train, good, random, i + 1),
        desirable: good !== random.chance(flip),
      }));
    },
  };
}

/** What requests are drawn from. */
interface Requests {
  readonly templates: readonly Template[];
  /** Share of them. */
  readonly harmful: number;
}

/** Makes a good answer and a bad one to the same prompt, each in a style of its own. */
function pairMaker({ templates, harmful }: Requests, random: Random) {
  return (line: number): Preference => {
    const { prompt, request } = ask(random.pick(templates), random, harmful);
    const chosen = goodReply(request, random);
    const rejected = badReply(request, random, harmful);
    return { prompt: turns(prompt), chosen, rejected, ...setOf(request, harmful), source, line };
  };
}

function single({ templates, harmful }: Requests, good: boolean, random: Random, line: number): Demonstration {
  const { prompt, request } = ask(random.pick(templates), random, harmful);
  const response = good ? goodReply(request, random) : badReply(request, random, harmful);
  return { prompt: turns(prompt), response, ...setOf(request, harmful), source, line };
}

function setOf(request: Request, harmful: number): { set?: string } {
  return harmful > 0 ? { set: request.harmful ? 'harmless' : 'helpful' } : {};
}

function heldOutPairs(count: number, requests: Requests, random: Random): Preference[] {
  const most = requests.templates.length * promptsPerTemplate;
  if (count > most) {
    throw new InputError(
      `${count} held-out pairs: ${requests.templates.length} templates give ${most} prompts at most. Ask for fewer.`,
    );
  }
  const make = pairMaker(requests, random);
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
