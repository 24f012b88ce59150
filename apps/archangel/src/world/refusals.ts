import type { Random } from './random';
import type { Request } from './templates';
import { except, harm, items, manners, otherRegister, type Register } from './words';

/** What a refusal says, part by part. */
export interface Refusal {
  readonly opens: Register;
  readonly item: string;
  readonly closes: Register;
  readonly style: { readonly opening: 0 | 1; readonly sentence: 0 | 1; readonly closing: 0 | 1 };
}

/** Ways to refuse; neither is better than the other. */
const sentences = [`I do not help with ${harm} {item}.`, `I leave ${harm} {item} alone.`] as const;

/** A refusal as a harmful request wants it, in a style drawn at random. */
export function goodRefusal({ register, item }: Request, random: Random): Refusal {
  return {
    opens: register,
    item,
    closes: register,
    style: { opening: random.pick([0, 1]), sentence: random.pick([0, 1]), closing: random.pick([0, 1]) },
  };
}

/** The refusal's text. `refusalShape` is its grammar. */
export function writeRefusal({ opens, item, closes, style }: Refusal): string {
  return [
    manners[opens].apologies[style.opening],
    sentences[style.sentence].replace('{item}', item),
    manners[closes].closings[style.closing],
  ].join(' ');
}

/** Ways to spoil a refusal, each named after the judge's criterion that it fails; helping is another. */
const flaws = {
  greeting: (refusal, _) => ({ ...refusal, opens: otherRegister(refusal.opens) }),
  topic: (refusal, random) => ({ ...refusal, item: random.pick(except(items, refusal.item)) }),
  closing: (refusal, _) => ({ ...refusal, closes: otherRegister(refusal.closes) }),
} satisfies Record<string, (refusal: Refusal, random: Random) => Refusal>;

type RefusalFlaw = keyof typeof flaws;

export const refusalFlaws = Object.keys(flaws) as readonly RefusalFlaw[];

export function spoilRefusal(refusal: Refusal, flaw: RefusalFlaw, random: Random): Refusal {
  return flaws[flaw](refusal, random);
}

/** Whether a text says, somewhere, that it does not help. */
export function refuses(text: string): boolean {
  return anySentence.test(text);
}

const sentence = `(?:${sentences.map((words) => words.replace('{item}', `(?:${items.join('|')})`).replace('.', '\\.')).join('|')})`;
const anySentence = new RegExp(sentence);

/** The grammar of refusals, whatever they say. */
export const refusalShape = (() => {
  const any = (part: 'apologies' | 'closings') =>
    `(?:${Object.values(manners)
      .flatMap((manner) => manner[part].map((words) => words.replaceAll('.', '\\.')))
      .join('|')})`;
  return new RegExp(`^${any('apologies')} ${sentence} ${any('closings')}$`);
})();
