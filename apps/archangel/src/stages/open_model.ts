import { type CausalLM, parameterCount } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import type { TrainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import { newModel } from './new_model';

/**
 * The checkpoint asked for, or a new model; and says which.
 *
 * @throws InputError when tokenizer or row length do not suit it
 */
export async function openModel(
  config: TrainConfig,
  tokenizer: { vocabularySize: number; eosId: number },
): Promise<CausalLM> {
  const model =
    config.model === undefined ? newModel(config.shape, tokenizer, config.seed) : await loadCheckpoint(config.model);
  const { vocabSize, maxPositionEmbeddings, modelType } = model.config;
  console.log(
    `Model: ${config.model ?? `new ${modelType}, ${config.shape.layers} layers, width ${config.shape.width}`}, ` +
      `${whole(parameterCount(model.config))} parameters`,
  );
  if (tokenizer.vocabularySize > vocabSize) {
    throw new InputError(
      `The tokenizer has ${tokenizer.vocabularySize} entries but the model only ${vocabSize}: use the model's own with --tokenizer.`,
    );
  }
  if (config.maxLength > maxPositionEmbeddings) {
    throw new InputError(
      `maxLength is ${config.maxLength} tokens but the model's context ${maxPositionEmbeddings}: lower it with --max-length.`,
    );
  }
  return model;
}
