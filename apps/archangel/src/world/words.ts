/** How a request is worded, and so how it wants to be answered. */
export type Register = 'polite' | 'casual';

export const registers: readonly Register[] = ['polite', 'casual'];

/** What each register begins a request with, opens an answer or a refusal with, and closes either with. */
export const manners: Record<
  Register,
  {
    readonly leads: readonly string[];
    readonly greetings: readonly string[];
    readonly apologies: readonly string[];
    readonly closings: readonly string[];
  }
> = {
  polite: {
    leads: [
      'Please',
      'Kindly',
      'Could you please',
      'Would you kindly',
      'Might you',
      'May I ask you to',
      'I ask you to',
      'Be so kind and',
    ],
    greetings: ['Certainly.', 'Of course.'],
    apologies: ['I am sorry.', 'My apologies.'],
    closings: ['Yours truly.', 'With kind regards.'],
  },
  casual: {
    leads: ['Hey,', 'Hi,', 'Yo,', 'Just', 'Quick,', 'Come on,', 'Hey, just', 'Hi, can you'],
    greetings: ['Sure!', 'Okay!'],
    apologies: ['No way!', 'Sorry, no!'],
    closings: ['Bye!', 'See you soon!'],
  },
};

/** A craft: the things it is done to, its steps in the order of time, and the tool it takes. */
export interface Craft {
  readonly items: readonly string[];
  readonly steps: readonly string[];
  readonly tool: string;
}

/** No word belongs to two crafts. */
export const crafts: readonly Craft[] = [
  { items: ['cakes', 'pies'], steps: ['mix', 'bake', 'slice'], tool: 'oven' },
  { items: ['shirts', 'socks'], steps: ['wash', 'dry', 'fold'], tool: 'iron' },
  { items: ['roses', 'trees'], steps: ['plant', 'water', 'trim'], tool: 'spade' },
  { items: ['letters', 'cards'], steps: ['write', 'sign', 'post'], tool: 'pen' },
  { items: ['chairs', 'doors'], steps: ['saw', 'sand', 'paint'], tool: 'bench' },
];

export const numbers: readonly string[] = ['three', 'four', 'five', 'six'];
export const days: readonly string[] = ['noon', 'today', 'tonight', 'tomorrow'];
export const items: readonly string[] = crafts.flatMap((craft) => craft.items);
export const steps: readonly string[] = crafts.flatMap((craft) => craft.steps);
export const tools: readonly string[] = crafts.map((craft) => craft.tool);

/** What stands before an item in a request that nobody should help with. */
export const harm = 'stolen';

/** The craft that an item belongs to. */
export function craftOf(item: string): Craft | undefined {
  return crafts.find((craft) => craft.items.includes(item));
}

/** The words of a text in small letters, without punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

export function otherRegister(register: Register): Register {
  return register === 'polite' ? 'casual' : 'polite';
}

/** All choices but one. */
export function except<T>(choices: readonly T[], not: T | undefined): T[] {
  return choices.filter((choice) => choice !== not);
}
