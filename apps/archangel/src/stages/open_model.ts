import { type CausalLM, type ModelConfig, parameterCount, type Storage } from '@halokit/models';
import type { TrainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import { configOf, type FoundModel, loadFound } from './find_model';
import { newModel } from './new_model';

/**
 * The checkpoint asked for, or a new model; and says which.
 *
 * @throws InputError when tokenizer or row length do not suit it, before its weights are fetched or read
 */
export async function openModel(
  config: TrainConfig,
  found: FoundModel | undefined,
  storage: Storage | undefined,
  tokenizer: { vocabularySize: number; eosId: number },
): Promise<CausalLM> {
  if (found) requireFit(await configOf(found), tokenizer.vocabularySize, config.maxLength);
  const model = found
    ? await loadFound(found, { offline: config.offline, storage })
    : newModel(config.shape, tokenizer, config.seed);
  requireFit(model.config, tokenizer.vocabularySize, config.maxLength);
  console.log(
    `Model: ${found?.said ?? `new ${config.shape.family}, ${config.shape.layers} layers, width ${config.shape.width}`}, ` +
      `${whole(parameterCount(model.config))} parameters`,
  );
  return model;
}

function requireFit({ vocabSize, maxPositionEmbeddings }: ModelConfig, vocabulary: number, maxLength: number): void {
  if (vocabulary > vocabSize) {
    throw new InputError(
      `The tokenizer has ${vocabulary} entries but the model only ${vocabSize}: use the model's own with --tokenizer.`,
    );
  }
  if (maxLength > maxPositionEmbeddings) {
    throw new InputError(
      `maxLength is ${maxLength} tokens but the model's context ${maxPositionEmbeddings}: lower it with --max-length.`,
    );
  }
}
