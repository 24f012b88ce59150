import type { Prompt } from '@halokit/data';

const speakers = { system: 'System', user: 'User', assistant: 'Assistant' } as const;

/**
 * A prompt as a person or a judge reads it: one turn of the user as it is, else every turn behind its speaker.
 *
 * @example
 * conversationText([{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello!' }, { role: 'user', content: 'Bye' }]);
 * // "User: Hi\n\nAssistant: Hello!\n\nUser: Bye"
 */
export function conversationText(prompt: Prompt): string {
  const [first] = prompt;
  if (first?.role === 'user' && prompt.length === 1) return first.content;
  return prompt.map(({ role, content }) => `${speakers[role]}: ${content}`).join('\n\n');
}
