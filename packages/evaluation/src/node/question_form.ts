import { createHash } from 'node:crypto';
import type { Question } from '../both_orders';
import { InputError } from '../input_error';

/** The words in which a judge is asked, with places for the prompt and two responses. */
export interface QuestionForm {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
  /** Of the text in UTF-8, as 64 hexadecimal digits. */
  readonly sha256: string;
}

const needed = ['{{prompt}}', '{{first}}', '{{second}}', 'Verdict: A', 'Verdict: B', 'Verdict: tie'];
const places = ['prompt', 'first', 'second', 'mark'];

/**
 * A form from its text. `{{prompt}}`, `{{first}}` and `{{second}}` stand where these go, and the text asks for the verdicts
 * that are understood: a last line `Verdict: A`, `Verdict: B` or `Verdict: tie`. `{{mark}}`, which may stand anywhere, is
 * eight digits that depend on the prompt and both responses: a tag that ends in it cannot be closed by what is inside.
 *
 * @throws InputError for a form that lacks one of these, or has another place
 */
export function parseQuestionForm(name: string, text: string): QuestionForm {
  const missing = needed.filter((part) => !text.includes(part));
  if (missing.length > 0) {
    throw new InputError(`${name}: lacks ${missing.map((part) => `"${part}"`).join(', ')}: a judge is to be asked so.`);
  }
  for (const [place, word = ''] of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    if (!places.includes(word)) {
      throw new InputError(`${name}: has a place "${place}", and there are only ${places.map(braced).join(', ')}.`);
    }
  }
  return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What the judge is asked: the form with its places filled, each once, whatever the texts themselves hold. */
export function filledForm({ text }: QuestionForm, { prompt, first, second }: Question): string {
  const texts = JSON.stringify([prompt, first, second]);
  const mark = createHash('sha256').update(texts).digest('hex').slice(0, 8);
  const filling: Readonly<Record<string, string>> = { prompt, first, second, mark };
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, word: string) => filling[word] as string);
}

const braced = (word: string) => `{{${word}}}`;
