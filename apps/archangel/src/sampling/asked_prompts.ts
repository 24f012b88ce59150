import { createHash } from 'node:crypto';
import { type Feedback, type Prompt, toDemonstrations } from '@halokit/data';
import { promptId } from '@halokit/evaluation';
import type { LoadedData } from '../stages/load_data';

/** A prompt that models are asked, and what its set prefers to be answered. */
export interface AskedPrompt {
  readonly id: string;
  readonly set: string;
  readonly turns: Prompt;
  readonly target?: string;
}

/**
 * The distinct prompts of feedback, whatever its kind, as first met. A prompt's target is its first response worth imitating:
 * chosen or desirable, and not only better than another.
 */
export async function askedPrompts(feedback: Feedback, setOf: LoadedData['setOf']): Promise<AskedPrompt[]> {
  const plain = (prompt: Prompt) => prompt.map(({ role, content }) => ({ role, content }));
  const key = (prompt: Prompt) => JSON.stringify(plain(prompt));
  const targets = new Map<string, string>();
  for (const { prompt, response } of toDemonstrations(feedback)) {
    if (!targets.has(key(prompt))) targets.set(key(prompt), response);
  }
  const prompts = new Map<string, Omit<AskedPrompt, 'id'>>();
  for (const example of feedback.examples) {
    const [text, turns] = [key(example.prompt), plain(example.prompt)];
    const target = targets.get(text);
    if (prompts.has(text)) continue;
    prompts.set(text, { set: setOf(example), turns, ...(target !== undefined && { target }) });
  }
  return Promise.all([...prompts.values()].map(async (prompt) => ({ id: await promptId(prompt.turns), ...prompt })));
}

/**
 * All prompts in the order in which they are asked, told by the seed and the prompts alone, not by the order of the data. Any
 * beginning of it has the sets in their shares, as exactly as whole numbers can (Webster's method): the next prompt is of the
 * set with the largest
 *
 *     prompts of the set / (2 x those asked already + 1)
 *
 * and within a set in the order of their hashes.
 */
export function inTurn(prompts: readonly AskedPrompt[], seed: number): AskedPrompt[] {
  const hash = ({ id }: AskedPrompt) => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const drawn = prompts.map((prompt) => ({ prompt, hash: hash(prompt) })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const sets = [...new Set(prompts.map(({ set }) => set))].sort().map((name) => {
    return { queue: drawn.filter(({ prompt }) => prompt.set === name).map(({ prompt }) => prompt), asked: 0 };
  });
  const claim = ({ queue, asked }: (typeof sets)[number]) => queue.length / (2 * asked + 1);
  return prompts.map(() => {
    const next = sets
      .filter(({ queue, asked }) => asked < queue.length)
      .reduce((best, set) => (claim(set) > claim(best) ? set : best));
    next.asked += 1;
    return next.queue[next.asked - 1] as AskedPrompt;
  });
}
