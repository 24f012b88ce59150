import { type Prompt, Tally } from '@halokit/data';
import { readCompletions } from '../sampling/read_completions';

/** A prompt, and the distinct answers that there are to it. */
export interface AnsweredPrompt {
  readonly id: string;
  readonly set: string;
  readonly prompt: Prompt;
  /** In the order of the files. */
  readonly answers: readonly string[];
  /** The response that its set prefers. */
  readonly target?: string;
}

/**
 * The answers of files of completions by their prompts, in the order in which prompts first come. Counted by answer: dropped
 * are those without text, and those that say what another answer to the prompt says.
 */
export async function answeredPrompts(files: readonly string[], tally: Tally): Promise<AnsweredPrompt[]> {
  const found = new Map<string, AnsweredPrompt & { readonly answers: string[] }>();
  for (const file of files) {
    for (const { id, set, prompt, response, target } of (await readCompletions(file)).completions) {
      const known = found.get(id) ?? { id, set, prompt, answers: [], ...(target !== undefined && { target }) };
      found.set(id, known);
      if (response.trim() === '') tally.drop('empty');
      else if (known.answers.includes(response)) tally.drop('the same as another answer to its prompt');
      else {
        tally.keep();
        known.answers.push(response);
      }
    }
  }
  return [...found.values()];
}

/** The first answer of a file to each prompt, by the prompt's id. */
export async function firstAnswers(file: string): Promise<ReadonlyMap<string, string>> {
  const prompts = await answeredPrompts([file], new Tally());
  return new Map(prompts.flatMap(({ id, answers: [first] }) => (first === undefined ? [] : [[id, first]])));
}
