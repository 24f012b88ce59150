import type { Loss } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';

/** Rows that are not there yet: so many examples, each with a prompt and a response of its own, all as long. */
export function nominalDataset({ feedback, needs }: Loss, examples: number, prompt: number, response: number): Dataset {
  const prompts = Array.from({ length: examples }, (_, i) => new Int32Array(prompt).fill(i));
  const responseTo = (i: number, other = 0) => new Int32Array(response).fill(2 * i + other);
  switch (feedback) {
    case 'preferences':
      return {
        feedback,
        examples: prompts.map((prompt, i) => ({ prompt, chosen: responseTo(i), rejected: responseTo(i, 1) })),
      };
    case 'demonstrations':
      return { feedback, examples: prompts.map((prompt, i) => ({ prompt, response: responseTo(i) })) };
    case 'binary':
      return {
        ...{ feedback, controlTokens: needs?.controlTokens === true },
        examples: prompts.map((prompt, i) => ({ prompt, response: responseTo(i), desirable: i % 2 === 0 })),
      };
  }
}
