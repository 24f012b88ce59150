import type { Prompt } from '../feedback';
import { wrong } from '../row';
import { originOf } from './origin';
import { readTexts } from './texts';
import { readList, readPrompt, readResponse } from './turns';
import { isEmpty, numberIn, type Reading, readNumber, type View } from './view';

/** `{ prompt, response, score }`, or with a rank. */
export function readOne(view: View, kind: 'scores' | 'ranks'): Reading {
  const read = readTexts(view, ['response']);
  const number = readNumber(view, kind === 'scores' ? 'score' : 'rank');
  const origin = originOf(view);
  if (typeof read === 'string') return read;
  if (read.texts.some(isEmpty)) return 'empty response';
  return rated(kind, { prompt: read.prompt, responses: read.texts, numbers: [number], repairs: [] }, origin);
}

/** `{ prompt, responses, scores }`, or with ranks, without which the first is the best. Empty responses are left out. */
export function readSeveral(view: View, kind: 'scores' | 'ranks'): Reading {
  const { row } = view;
  const [named, namedNumbers] = [view.name('responses'), view.name(kind)];
  const texts = readList(row, view.value('responses'), named).map((response, i) => {
    const { text, before } = readResponse(row, response ?? undefined, `${named}[${i}]`);
    if (before.length > 0) throw wrong(row, `field "${named}[${i}]" must hold one turn`);
    return text;
  });
  const stated = view.value(kind);
  const inOrder = kind === 'ranks' && stated === undefined;
  const values = inOrder ? texts.map((_, i) => i + 1) : readList(row, stated, namedNumbers);
  if (values.length !== texts.length) {
    throw wrong(row, `field "${namedNumbers}" has ${values.length} numbers for ${texts.length} responses`);
  }
  const numbers = values.map((value, i) => numberIn(row, value, `${namedNumbers}[${i}]`));
  const prompt = readPrompt(row, view.value('prompt'), view.name('prompt'));
  const origin = originOf(view);
  const full = texts.flatMap((text, i) => (isEmpty(text) ? [] : [i]));
  // Ranks compare the responses of their row; one alone is compared with nothing.
  if (full.length < (kind === 'ranks' ? 2 : 1)) return 'too few responses that are not empty';
  const responses = full.map((i) => texts[i] as string);
  const repairs = Array<string>(texts.length - full.length).fill('an empty response left out');
  return rated(kind, { prompt, responses, numbers: full.map((i) => numbers[i] as number), repairs }, origin);
}

interface Rated {
  readonly prompt: Prompt;
  readonly responses: readonly string[];
  readonly numbers: readonly number[];
  readonly repairs: readonly string[];
}

function rated(kind: 'scores' | 'ranks', read: Rated, origin: ReturnType<typeof originOf>): Reading {
  const { prompt, responses, numbers, repairs } = read;
  const example = { prompt, responses, ...origin };
  return kind === 'scores'
    ? { records: [{ kind, example: { ...example, scores: numbers } }], repairs }
    : { records: [{ kind, example: { ...example, ranks: numbers } }], repairs };
}
