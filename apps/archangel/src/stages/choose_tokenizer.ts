import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
import { InputError } from '../input_error';
import { type FoundModel, findModel } from './find_model';

/** Entries of a tokenizer trained on the data; small, for it comes with a small model. */
const trainedSize = 2048;

const end = '<|endoftext|>';
const special = [end, '<|user|>', '<|assistant|>', '<|system|>'];

/** What Transformers reads beside a `tokenizer.json`. */
const trainedConfig = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: end,
  eos_token: end,
  pad_token: end,
  clean_up_tokenization_spaces: false,
};

export interface TokenizerChoice {
  readonly tokenizer?: string;
  readonly model?: string | FoundModel;
  readonly offline: boolean;
}

/** The tokenizer asked for, or the model's, or one trained on the data; and a word on which it is. */
export async function chooseTokenizer(
  { tokenizer, model, offline }: TokenizerChoice,
  feedback: Feedback,
  needs: LossNeeds = {},
): Promise<LoadedTokenizer & { said: string }> {
  const place = tokenizer ?? model;
  if (place !== undefined) return openTokenizer(place, offline);
  return { ...learnTokenizer(toDemonstrations(feedback), trainedSize, needs), said: 'trained on the data' };
}

/**
 * A tokenizer by its file, its folder or its place on the hub.
 *
 * @throws InputError for a model of the hub that brings none which is read here
 */
export async function openTokenizer(
  place: string | FoundModel,
  offline: boolean,
): Promise<LoadedTokenizer & { said: string }> {
  const { said, folder, hub } = typeof place === 'string' ? await findModel(place, offline, ['tokenizer']) : place;
  if (hub && !existsSync(join(folder, 'tokenizer.json'))) {
    throw new InputError(`${said}: holds no tokenizer.json. Name a tokenizer that suits it with --tokenizer.`);
  }
  return { ...(await loadTokenizer(folder)), said };
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
  const files = {
    'tokenizer.json': JSON.stringify(json),
    'tokenizer_config.json': `${JSON.stringify(trainedConfig, null, 2)}\n`,
  };
  return { tokenizer: createTokenizer(json, trainedConfig), files, config: trainedConfig };
}
