import { visible } from '../terminal/visible';
import type { Answer } from './answer_prompts';

/** The first answer in one line: `  step 20: "Sure! Use the spade. First plant…"`. */
export function shortAnswer(step: number, [first]: readonly Answer[], columns: number): string | undefined {
  if (!first) return undefined;
  const lead = `  step ${step}: `;
  // By whole characters, or an emoji would be cut in two.
  const text = [...visible(first.response.replace(/\s+/g, ' ').trim())];
  const room = columns - lead.length - 2;
  return `${lead}"${text.length > room ? `${text.slice(0, room - 1).join('')}…` : text.join('')}"`;
}
