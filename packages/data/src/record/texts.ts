import type { Prompt } from '../feedback';
import { wrong } from '../row';
import { promptKey } from '../split/prompt_key';
import type { Field } from './format';
import { readPrompt, readResponse } from './turns';
import type { View } from './view';

/**
 * The prompt and the responses to it, or why the row is dropped. Turns before a response must be the prompt's; where the
 * row has no prompt, they are it.
 */
export function readTexts(view: View, fields: readonly Field[]): { prompt: Prompt; texts: string[] } | string {
  const { row } = view;
  const sides = fields.map((field) => readResponse(row, view.value(field), view.name(field)));
  const texts = sides.map(({ text }) => text);
  const lead = sides[0]?.before ?? [];
  if (view.value('prompt') === undefined && lead.length > 0) {
    if (lead.at(-1)?.role !== 'user') {
      throw wrong(row, `field "${view.name(fields[0] as Field)}" must have a turn of the user before the response`);
    }
    const same = sides.every(({ before }) => promptKey(before) === promptKey(lead));
    return same ? { prompt: lead, texts } : 'the two sides have different prompts';
  }
  const prompt = readPrompt(row, view.value('prompt'), view.name('prompt'));
  const same = sides.every(({ before }) => before.length === 0 || promptKey(before) === promptKey(prompt));
  return same ? { prompt, texts } : 'the turns before the response are not the prompt';
}
