import { join } from 'node:path';
import { type Feedback, Tally, type TokenizeOptions, tulu } from '@halokit/data';
import { table } from '@halokit/evaluation';
import { catalogue, type Loss, sft } from '@halokit/losses';
import { type CausalLM, cloneModel, disposeModel, parameterCount } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { type Dataset, referenceModel, remembered } from '@halokit/trainer';
import { type ArgsDef, defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { loadTrainConfig } from '../config/load_config';
import { type StageConfig, type TrainConfig, trainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { chooseTokenizer } from '../stages/choose_tokenizer';
import { divide } from '../stages/divide';
import { evaluate, type Figure, heldOutExamples } from '../stages/evaluate';
import { describeCounts, loadData } from '../stages/load_data';
import { newModel } from '../stages/new_model';
import { openRunFolder, writeWhole } from '../stages/run_folder';
import { tokenizeFor } from '../stages/tokenize_data';
import { type Recipe, trainStage } from '../stages/train_stage';
import { numberInterval, percentInterval, whole } from '../terminal/numbers';

const args: ArgsDef = {
  config: { type: 'string', description: 'YAML file with any of the keys below' },
  ...configFlags(trainConfig),
};

export const trainCommand = defineCommand({
  meta: { name: 'train', description: 'Align a model on feedback from files.' },
  args,
  run: ({ rawArgs }) => runTrain(rawArgs),
});

/** Data, tokenizer, model; SFT first where the model is new; then the method, and how it does on held-out prompts. */
export async function runTrain(args: readonly string[]): Promise<Figure[]> {
  const config = await loadTrainConfig(args);
  const data = await loadData(config.data);
  const { train, heldOut } = divide(data.feedback, config);
  console.log(`Data: ${config.data}`);
  console.log(
    `  ${whole(data.counts.read)} rows read, ${whole(data.counts.kept)} kept: ${describeCounts(data.counts)}`,
  );
  console.log(`  ${train.examples.length} to train on, ${heldOut.examples.length} held out, no prompt in both`);

  const { tokenizer, files, said } = await chooseTokenizer(config, train);
  console.log(`Tokenizer: ${said}, ${whole(tokenizer.vocabularySize)} entries`);
  const { maxLength, maxPromptLength, longPrompts } = config;
  const tokenize: TokenizeOptions = { tokenizer, format: tulu, maxLength, maxPromptLength, longPrompts };
  const loss = catalogue[config.method].create(config.loss);
  const dataset = tokenized(loss.feedback, train, tokenize);
  const heldOutSet = heldOutExamples(heldOut, loss.needs?.reference === true, tokenize);

  const backend = await chooseBackend(config.backend, config.threads);
  console.log(`Backend: ${backend.notice}`);
  const policy = await openModel(config, tokenizer);
  const isNew = config.model === undefined;
  const sftFirst = (config.sft.first ?? isNew) && config.method !== 'sft';
  const out = config.out ?? join('runs', `${config.method}-${data.name}`);
  const resolved = { ...config, out, sft: { ...config.sft, first: sftFirst } };
  await openRunFolder(out, resolved, config.overwrite);

  const stage = { folder: out, policy, files };
  if (sftFirst) {
    console.log('The model is new, so it first learns to speak, from the responses worth imitating.');
    const demonstrations = tokenized('demonstrations', train, tokenize);
    await trainStage({
      ...stage,
      label: 'SFT',
      loss: sft(),
      dataset: demonstrations,
      recipe: recipe(config, config.sft, isNew),
    });
  }
  const start = cloneModel(policy);
  const reference = remembered(referenceModel(start, { rowsAtOnce: config.microbatchSize }));
  const label = config.method.toUpperCase();
  const own = recipe(config, config, isNew && config.method === 'sft');
  await trainStage({ ...stage, label, reference, loss, dataset, recipe: own });

  const beta = typeof config.loss.beta === 'number' ? config.loss.beta : 1;
  const rowsAtOnce = config.microbatchSize;
  const figures = await evaluate({ policy, reference: start, heldOut: heldOutSet, beta, rowsAtOnce });
  await writeWhole(join(out, 'report.json'), JSON.stringify({ config: resolved, data: data.counts, figures }, null, 2));
  console.log(`\n${figureTable(figures)}\n\nEverything is in ${out}: the model in ${join(out, loss.name)}.`);
  for (const model of [policy, start]) disposeModel(model);
  return figures;
}

/** Tokenizes, and says what was dropped or repaired on the way. */
function tokenized(kind: Loss['feedback'], feedback: Feedback, options: TokenizeOptions): Dataset {
  const tally = new Tally();
  const dataset = tokenizeFor(kind, feedback, options, tally);
  console.log(
    `  ${whole(dataset.examples.length)} ${kind === 'binary' ? 'examples' : kind}: ${describeCounts(tally.counts())}`,
  );
  return dataset;
}

async function openModel(config: TrainConfig, tokenizer: { vocabularySize: number; eosId: number }): Promise<CausalLM> {
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

/** A stage's recipe: its own keys, and what all stages share. New weights move a thousand times faster than old ones. */
function recipe(config: TrainConfig, stage: StageConfig, isSpeaking: boolean): Recipe {
  const { seed, batchSize, microbatchSize, microbatchTokens, maxGradNorm } = config;
  const { epochs, maxSteps, warmupSteps } = stage;
  return {
    ...{ seed, batchSize, microbatchSize, microbatchTokens, maxGradNorm, epochs, maxSteps, warmupSteps },
    learningRate: stage.learningRate ?? (isSpeaking ? 2e-3 : config.model === undefined ? 5e-5 : 5e-7),
    schedule: stage.schedule ?? (isSpeaking ? 'cosine' : 'constant'),
    optimizer: stage.optimizer ?? (isSpeaking ? 'adamw' : 'rmsprop'),
  };
}

/** A figure may be unknown: a mean of a class of which nothing was held out. */
function figure(estimate: Figure['estimate'], unit: Figure['unit']): string {
  if (!Number.isFinite(estimate.value)) return 'unknown: a class is missing';
  return unit === 'share' ? percentInterval(estimate) : `${numberInterval(estimate)} ${unit}`;
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, estimate, unit }) => [name, figure(estimate, unit), String(estimate.n)]);
  return table(['on held-out prompts', 'figure [95 % interval]', 'n'], rows);
}
