import type { Prompt } from '@halokit/data';
import { InputError } from './input_error';

/** A model's answer to a prompt, as it is kept. */
export interface Completion {
  /** Of the prompt: equal ids are equal prompts, whichever model answered (first 16 hex digits of SHA-256 of its turns as JSON). */
  readonly id: string;
  /** The data set the prompt is from (`hh-harmless`, `shp`, ...) or its file. */
  readonly set: string;
  readonly prompt: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly response: string;
  /** Tokens of the response, its end token included when it came. */
  readonly tokens: number;
  /** Whether the response ended before the limit. */
  readonly finished: boolean;
  /** The response the set prefers, and its tokens, where there is one. */
  readonly target?: string;
  readonly targetTokens?: number;
}

/**
 * The id of a prompt: the first 16 hexadecimal digits of the SHA-256 of its turns as JSON,
 * `[{"role":"user","content":"Hi"}]` in UTF-8.
 */
export async function promptId(prompt: Prompt): Promise<string> {
  const text = JSON.stringify(prompt.map(({ role, content }) => ({ role, content })));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Reads a line of a file of completions. Fields that are not a completion's are left out.
 *
 * @param where the file and the line, for messages: `kto-completions.jsonl:12`
 * @throws InputError for a line that is no completion; it names the field
 */
export function parseCompletion(line: string, where: string): Completion {
  const value = objectOf(line, where);
  const wrong = (field: string, want: string) => new InputError(`${where}: ${field}: must be ${want}.`);
  const text = (field: 'id' | 'set' | 'response') => {
    const found = value[field];
    if (typeof found !== 'string') throw wrong(field, 'a text');
    return found;
  };
  const { prompt, tokens, finished, target, targetTokens } = value;
  if (!Array.isArray(prompt) || prompt.length === 0 || !prompt.every(isTurn)) {
    throw wrong('prompt', 'a list of turns, each with a role (system, user or assistant) and a content');
  }
  if (!isCount(tokens)) throw wrong('tokens', 'a whole number, 0 or more');
  if (typeof finished !== 'boolean') throw wrong('finished', 'true or false');
  if (target !== undefined && typeof target !== 'string') throw wrong('target', 'a text, or absent');
  if (targetTokens !== undefined && !isCount(targetTokens)) throw wrong('targetTokens', 'a whole number, or absent');
  return {
    id: text('id'),
    set: text('set'),
    prompt: prompt.map(({ role, content }) => ({ role, content })),
    response: text('response'),
    tokens,
    finished,
    ...(target !== undefined && { target }),
    ...(targetTokens !== undefined && { targetTokens }),
  };
}

function objectOf(line: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Said below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputError(`${where}: is not a JSON object: take the line out, or sample again.`);
}

function isTurn(value: unknown): value is Completion['prompt'][number] {
  const { role, content } = (value ?? {}) as Record<string, unknown>;
  return (role === 'system' || role === 'user' || role === 'assistant') && typeof content === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
