import type { TrainRequest } from '../config/load_config';
import { InputError } from '../input_error';
import type { Intent } from '../plan/intent';
import { currentRanks } from '../ranks/ranks';
import { configOf, type FoundModel } from './find_model';
import { describeLora, type Lora, loraOf } from './lora';
import { newModelConfig } from './new_model';
import { type Recipe, recipeOf } from './recipe';
import { type Stored, storedAs } from './storage';
import { streamAsked, whyNotStreamed } from './stream_reference';
import type { TrainMaterial } from './train_material';

/** How a run goes about it, before anything is loaded. */
export interface TrainSetup {
  /** The model is made here. */
  readonly isNew: boolean;
  readonly sftFirst: boolean;
  /** Of the method. */
  readonly recipe: Recipe;
  readonly lora?: Lora;
  /** The adapters in words. */
  readonly ofLora?: string;
  readonly stored: Stored;
  readonly stream: 'auto' | 'always' | 'never';
  /** What the forecast is asked about. */
  readonly intent: Intent;
}

/** What was asked for, resolved. @throws InputError for what does not go together */
export async function trainSetup(
  { config, source }: TrainRequest,
  found: FoundModel | undefined,
  { loss, dataset, tokenizer }: TrainMaterial,
): Promise<TrainSetup> {
  const isNew = found === undefined;
  const lora = loraOf(config.lora);
  const adapters = lora !== undefined;
  const recipe = recipeOf(config, config, isNew && config.method === 'sft');
  const modelConfig = found ? await configOf(found) : newModelConfig(config.shape, tokenizer.tokenizer);
  const ofLora = lora && describeLora(lora, modelConfig);
  const stored = storedAs(config, { adapters, isNew });
  const sftFirst = (config.sft.first ?? isNew) && config.method !== 'sft';
  if (sftFirst && loss.name === 'sft') {
    throw new InputError(`${source.said}: its name, sft, is that of the stage before it. Give it another.`);
  }
  if (lora && isNew && !sftFirst) {
    throw new InputError(
      'lora.rank: a model made here has learnt nothing yet that adapters could change. Leave lora out, or name a model with --model.',
    );
  }
  if (loss.wholeBatch && currentRanks().size > 1) {
    throw new InputError(
      `${source.said}: couples the examples of a batch, which ranks would divide. Start it without mpirun, on one rank.`,
    );
  }
  const stream = streamAsked(config.reference.stream, whyNotStreamed({ adapters, isNew, sftFirst }));
  const { microbatchSize: rowsAtOnce, gradientCheckpointing } = config;
  const intent = {
    ...{ config: modelConfig, loss, dataset, walk: recipe, optimizer: recipe.optimizer, rowsAtOnce, adapter: lora },
    ...{ gradientCheckpointing, ...stored, askedBefore: config.reference.store === 'cache' },
    ...{ ranks: currentRanks().size, shardOptimizer: config.shardOptimizer },
    ...(sftFirst && {
      first: { optimizer: recipeOf(config, config.sft, isNew).optimizer, adapter: isNew ? undefined : lora },
    }),
  };
  return { isNew, sftFirst, recipe, lora, ofLora, stored, stream, intent };
}
