import type { Loss } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';

/** Rows that are not there yet: so many examples, each with a prompt of its own, all as long. */
export function nominalDataset({ feedback, needs }: Loss, examples: number, prompt: number, response: number): Dataset {
  const prompts = Array.from({ length: examples }, (_, i) => new Int32Array(prompt).fill(i));
  const tokens = new Int32Array(response);
  switch (feedback) {
    case 'preferences':
      return { feedback, examples: prompts.map((prompt) => ({ prompt, chosen: tokens, rejected: tokens })) };
    case 'demonstrations':
      return { feedback, examples: prompts.map((prompt) => ({ prompt, response: tokens })) };
    case 'binary':
      return {
        ...{ feedback, controlTokens: needs?.controlTokens === true },
        examples: prompts.map((prompt, i) => ({ prompt, response: tokens, desirable: i % 2 === 0 })),
      };
  }
}
