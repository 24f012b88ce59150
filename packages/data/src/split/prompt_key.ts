import type { Prompt } from '../feedback';

/** The same text for the same turns, and for no others. */
export function promptKey(prompt: Prompt): string {
  return JSON.stringify(prompt.map(({ role, content }) => [role, content]));
}
