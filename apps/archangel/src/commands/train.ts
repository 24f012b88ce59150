import { join } from 'node:path';
import { type Feedback, Tally, type TokenizeOptions } from '@halokit/data';
import { table } from '@halokit/evaluation';
import { type Loss, sft } from '@halokit/losses';
import { cloneModel, disposeModel } from '@halokit/models';
import { type Dataset, referenceModel, remembered } from '@halokit/trainer';
import { type ArgsDef, defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { loadTrainConfig } from '../config/load_config';
import { type StageConfig, type TrainConfig, trainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { countSets, type SetCounts } from '../look/set_counter';
import { classWeights } from '../losses/class_weights';
import { lossLabel } from '../losses/loss_label';
import { rewardScale } from '../losses/reward_scale';
import { chooseFormat } from '../stages/chat_format';
import { chooseTokenizer } from '../stages/choose_tokenizer';
import { divide } from '../stages/divide';
import { evaluate, type Figure, heldOutExamples } from '../stages/evaluate';
import { withHeads } from '../stages/heads';
import { describeCounts, loadData } from '../stages/load_data';
import { openModel } from '../stages/open_model';
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
  const { config, source, given } = await loadTrainConfig(args);
  const asked = source.create(config.loss);
  const data = await loadData(config);
  const { train, heldOut, steps } = divide(data.feedback, config);
  if (asked.feedback === 'preferences' && train.kind === 'binary' && data.feedback.kind === 'preferences') {
    throw new InputError(
      `${source.said}: compares pairs, which --join-votes, --one-per-prompt, --keep-desirable and --keep-undesirable take apart. Leave them out.`,
    );
  }
  const sets = countSets({ train, heldOut }, data.setOf);
  console.log(`Data: ${config.data}`);
  console.log(
    `  ${whole(data.counts.read)} rows read, ${whole(data.counts.kept)} kept: ${describeCounts(data.counts)}`,
  );
  for (const note of data.sources.flatMap(({ notes }) => notes)) console.log(`  ${note}`);
  for (const { what, counts } of steps) console.log(`  ${what}: ${describeCounts(counts)}`);
  if (new Set(sets.map(({ set }) => set)).size > 1) for (const row of sets) console.log(`  ${setLine(row)}`);
  console.log(`  ${train.examples.length} to train on, ${heldOut.examples.length} held out, no prompt in both`);

  const chosen = await chooseTokenizer(config, train, asked.needs);
  const { tokenizer, files, said } = chosen;
  const format = chooseFormat(config.format, chosen);
  console.log(`Tokenizer: ${said}, ${whole(tokenizer.vocabularySize)} entries`);
  const { maxLength, maxPromptLength, longPrompts, unfitTurns } = config;
  const tokenize: TokenizeOptions = { tokenizer, format, maxLength, maxPromptLength, longPrompts, unfitTurns };
  const dataset = tokenized(asked, train, tokenize);
  const weighed = classWeights(source, { options: config.loss, given }, dataset, config.weightsOutside);
  if (weighed.said) console.log(`  ${weighed.said}`);
  const loss = source.create(weighed.options);
  const heldOutSet = heldOutExamples(heldOut, loss, tokenize);

  const backend = await chooseBackend(config.backend, config.threads);
  console.log(`Backend: ${backend.notice}`);
  const model = await openModel(config, tokenizer);
  const isNew = config.model === undefined;
  const sftFirst = (config.sft.first ?? isNew) && config.method !== 'sft';
  if (sftFirst && loss.name === 'sft') {
    throw new InputError(`${source.said}: its name, sft, is that of the stage before it. Give it another.`);
  }
  const out = config.out ?? join('runs', `${loss.name}-${data.name}`);
  const resolved = { ...config, out, loss: weighed.options, sft: { ...config.sft, first: sftFirst } };
  await openRunFolder(out, resolved, config.overwrite);

  const stage = { folder: out, files };
  if (sftFirst) {
    console.log('The model is new, so it first learns to speak, from the responses worth imitating.');
    const first = sft();
    await trainStage({
      ...stage,
      policy: model,
      label: lossLabel(first),
      loss: first,
      dataset: tokenized(first, train, tokenize),
      recipe: recipe(config, config.sft, isNew),
    });
  }
  const rowsAtOnce = config.microbatchSize;
  const start = cloneModel(model);
  const reference = remembered(referenceModel(start, { rowsAtOnce }));
  const policy = withHeads(model, loss, config.seed);
  if (loss.wholeBatch && config.microbatchSize < config.batchSize) {
    console.log(`Batches are computed whole, ${config.batchSize} at once: ${loss.name} couples their examples.`);
  }
  const own = recipe(config, config, isNew && config.method === 'sft');
  await trainStage({ ...stage, policy, label: lossLabel(loss), reference, loss, dataset, recipe: own });

  const byScores = loss.needs?.scores === true;
  const beta = rewardScale(loss, weighed.options);
  const figures = await evaluate({ policy, reference: start, heldOut: heldOutSet, byScores, beta, rowsAtOnce });
  const counts = { ...data.counts, sources: data.sources, steps, sets };
  await writeWhole(join(out, 'report.json'), JSON.stringify({ config: resolved, data: counts, figures }, null, 2));
  console.log(`\n${figureTable(figures)}\n\nEverything is in ${out}: the model in ${join(out, loss.name)}.`);
  for (const model of [policy, start]) disposeModel(model);
  return figures;
}

function setLine({ set, class: of, train, heldOut }: SetCounts): string {
  return `${set}, ${of}: ${whole(train)} to train on, ${whole(heldOut)} held out`;
}

/** Tokenizes, and says what was dropped or repaired on the way. */
function tokenized(loss: Loss, feedback: Feedback, options: TokenizeOptions): Dataset {
  const tally = new Tally();
  const dataset = tokenizeFor(loss, feedback, options, tally);
  const kind = loss.feedback === 'binary' ? 'examples' : loss.feedback;
  console.log(`  ${whole(dataset.examples.length)} ${kind}: ${describeCounts(tally.counts())}`);
  return dataset;
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
