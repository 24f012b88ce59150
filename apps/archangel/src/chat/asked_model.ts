import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ChatFormat } from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { ModelConfig } from '@halokit/models';
import { isOnHub } from '@halokit/models/node';
import { InputError } from '../input_error';
import { chooseFormat } from '../stages/chat_format';
import { openTokenizer } from '../stages/choose_tokenizer';
import { configOf, type FoundModel, findModel } from '../stages/find_model';
import { checkpointOf, controlTokenOf, trainedAs } from './trained_as';

export interface AskedOptions {
  readonly offline: boolean;
  /** In place of the model's own. */
  readonly tokenizer?: string;
  /** In place of that which its run trained with. */
  readonly format?: 'tulu' | 'chat-template';
  readonly control?: 'desirable' | 'undesirable' | 'none';
}

/** A model that can be asked something: all that is known of it before its weights are loaded. */
export interface AskedModel {
  /** The checkpoint's folder, or its place on the hub. */
  readonly place: string;
  /** The folder of the run that made it. */
  readonly run?: string;
  readonly found: FoundModel;
  readonly config: ModelConfig;
  readonly tokenizer: LoadedTokenizer;
  readonly format: ChatFormat;
  /** Ends every prompt, where the model was trained with one. */
  readonly controlToken?: string;
}

/**
 * Finds a model by a run's folder, a checkpoint's, or its place on the hub, and how it was trained to be asked.
 *
 * @throws InputError for a place without a model, or a tokenizer or format that does not suit it
 */
export async function findAsked(
  said: string,
  { offline, tokenizer: named, format: asked, control }: AskedOptions,
): Promise<AskedModel> {
  const local = !isOnHub(said);
  const place = local ? await checkpointOf(said) : said;
  const trained = local ? await trainedAs(place) : undefined;
  const found = await findModel(place, offline);
  const config = await configOf(found);
  const tokenizer = await openTokenizer(named ?? found, offline);
  const entries = tokenizer.tokenizer.vocabularySize;
  if (entries > config.vocabSize) {
    throw new InputError(
      `The tokenizer has ${entries} entries but the model only ${config.vocabSize}: use the model's own with --tokenizer.`,
    );
  }
  const hasTemplate = tokenizer.config !== undefined && 'chat_template' in tokenizer.config;
  const format = chooseFormat(asked ?? trained?.format ?? (hasTemplate ? 'chat-template' : 'tulu'), tokenizer);
  const controlToken = controlTokenOf(control, trained);
  const run = dirname(resolve(place));
  return {
    ...{ place, found, config, tokenizer, format },
    ...(local && existsSync(join(run, 'config.yaml')) && { run: dirname(place) }),
    ...(controlToken !== undefined && { controlToken }),
  };
}
