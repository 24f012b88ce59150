import {
  archangelControlTokens,
  createTokenizer,
  type Demonstration,
  type Feedback,
  toDemonstrations,
  trainTokenizer,
  tulu,
} from '@halokit/data';
import { type LoadedTokenizer, loadTokenizer } from '@halokit/data/node';
import type { LossNeeds } from '@halokit/losses';

/** Entries of a tokenizer trained on the data; small, for it comes with a small model. */
const trainedSize = 2048;

const special = ['<|endoftext|>', '<|user|>', '<|assistant|>', '<|system|>'];

/** The tokenizer asked for, or the model's, or one trained on the data; and a word on which it is. */
export async function chooseTokenizer(
  config: { tokenizer?: string; model?: string },
  feedback: Feedback,
  needs: LossNeeds = {},
): Promise<LoadedTokenizer & { said: string }> {
  const path = config.tokenizer ?? config.model;
  if (path !== undefined) return { ...(await loadTokenizer(path)), said: path };
  return { ...learnTokenizer(toDemonstrations(feedback), trainedSize, needs), said: 'trained on the data' };
}

/** A byte-level BPE tokenizer from prompts and responses, which knows the control tokens where a loss needs them. */
export function learnTokenizer(
  demonstrations: readonly Demonstration[],
  size: number,
  { controlTokens }: LossNeeds = {},
): LoadedTokenizer {
  const texts = demonstrations.flatMap(({ prompt, response }) => [
    tulu
      .prompt(prompt)
      .map(({ text }) => text)
      .join(''),
    response,
  ]);
  const control = controlTokens ? Object.values(archangelControlTokens) : [];
  const json = trainTokenizer(texts, size, [...special, ...control]);
  return { tokenizer: createTokenizer(json), files: { 'tokenizer.json': JSON.stringify(json) }, config: undefined };
}
