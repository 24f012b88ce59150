import type { Loss } from '@halokit/losses';
import { type ModelConfig, preset, presetNames } from '@halokit/models';
import type { PlanConfig } from '../config/plan_config';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import { configOf, findModel } from '../stages/find_model';
import { loraOf } from '../stages/lora';
import { storedAs } from '../stages/storage';
import { streamAsked, whyNotStreamed } from '../stages/stream_reference';
import type { Intent } from './intent';
import { nominalDataset } from './nominal_dataset';
import { defaultPrompt } from './plan_report';

/**
 * One step of training on rows that are all as long.
 *
 * @param model what is trained; default: the one that the config names
 * @param where the config is from, for messages
 * @throws InputError for rows that are longer than the model's context, or that leave no room to a response
 */
export async function nominalIntent(config: PlanConfig, where: string, given?: ModelConfig): Promise<Intent> {
  const { length, batchSize, microbatchSize, microbatchTokens, optimizer, prompt = defaultPrompt(length) } = config;
  const source = await findLoss(config.method);
  const loss: Loss = source.create(lossOptions(source, config.loss, where));
  const model = given ?? (await modelConfig(config));
  if (length > model.maxPositionEmbeddings) {
    throw new InputError(
      `length is ${length} tokens but the model's context ${model.maxPositionEmbeddings}: lower it with --length.`,
    );
  }
  if (prompt >= length) {
    throw new InputError(
      `prompt is ${prompt} of ${length} tokens, which leaves none to a response: lower it with --prompt.`,
    );
  }
  const adapter = loraOf(config.lora);
  const adapters = adapter !== undefined;
  const stored = storedAs(config, { adapters, isNew: false });
  const streamed =
    streamAsked(config.reference.stream, whyNotStreamed({ adapters, isNew: false, sftFirst: false })) === 'always';
  const rows = (examples: number) => nominalDataset(loss, examples, prompt, length - prompt);
  return {
    ...{ config: model, loss, optimizer, rowsAtOnce: microbatchSize, adapter },
    ...{ gradientCheckpointing: config.gradientCheckpointing, ...stored, streamed },
    ...{ ranks: config.ranks, shardOptimizer: config.shardOptimizer },
    askedBefore: config.reference.store === 'cache',
    ...{ dataset: rows(batchSize), all: streamed ? rows(config.examples ?? roomFor(model, length)) : undefined },
    walk: { seed: 1, batchSize, microbatchSize, microbatchTokens, epochs: 1 },
  };
}

/** So many rows of a length fill the room that a streamed reference has for its hidden states, 2^30 bytes of float32. */
function roomFor({ hiddenSize }: ModelConfig, length: number): number {
  return Math.ceil(2 ** 30 / (4 * hiddenSize * length));
}

/** The config of a preset, or of a checkpoint, of which nothing else is fetched or read. */
async function modelConfig({ model, offline }: PlanConfig): Promise<ModelConfig> {
  if (presetNames.some((name) => name === model)) return preset(model);
  return configOf(await findModel(model, offline, ['config']));
}
