import { join } from 'node:path';
import type { TokenizeOptions } from '@halokit/data';
import { catalogue, sft } from '@halokit/losses';
import { disposeModel } from '@halokit/models';
import { referenceModel, remembered } from '@halokit/trainer';
import { type ArgsDef, defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { type TrainedModel, trainCard } from '../card/train_card';
import { configFlags } from '../config/describe';
import { loadTrainConfig } from '../config/load_config';
import { trainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { classWeights } from '../losses/class_weights';
import { lossLabel } from '../losses/loss_label';
import { rewardScale } from '../losses/reward_scale';
import { announce } from '../plan/announce';
import { measured } from '../plan/outcome';
import { chooseFormat } from '../stages/chat_format';
import { chooseTokenizer } from '../stages/choose_tokenizer';
import { evaluate, type Figure, heldOutExamples } from '../stages/evaluate';
import { figureTable } from '../stages/figure_text';
import { configOf, findModel } from '../stages/find_model';
import { withHeads } from '../stages/heads';
import { describeLora, loraOf, withLora } from '../stages/lora';
import { newModelConfig } from '../stages/new_model';
import { openModel } from '../stages/open_model';
import { recipeOf } from '../stages/recipe';
import { openRunFolder, writeWhole } from '../stages/run_folder';
import { startOf } from '../stages/start_of';
import { storedAs } from '../stages/storage';
import { streamAsked, streamReference, whyNotStreamed } from '../stages/stream_reference';
import { tokenized } from '../stages/tokenize_data';
import { loadTrainData } from '../stages/train_data';
import { trainStage } from '../stages/train_stage';
import { whole } from '../terminal/numbers';

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
  const lora = loraOf(config.lora);
  const found = config.model === undefined ? undefined : await findModel(config.model, config.offline);
  const { data, train, heldOut, steps, sets } = await loadTrainData(config, asked, source.said);

  const chosen = await chooseTokenizer({ ...config, model: found }, train, asked.needs);
  const { tokenizer, files, said } = chosen;
  const format = chooseFormat(config.format, chosen);
  console.log(`Tokenizer: ${said}, ${whole(tokenizer.vocabularySize)} entries`);
  const { maxLength, maxPromptLength, longPrompts, unfitTurns } = config;
  const tokenize: TokenizeOptions = { tokenizer, format, maxLength, maxPromptLength, longPrompts, unfitTurns };
  const { dataset, counts: tokens } = tokenized(asked, train, tokenize);
  const weighed = classWeights(source, { options: config.loss, given }, dataset, config.weightsOutside);
  if (weighed.said) console.log(`  ${weighed.said}`);
  const loss = source.create(weighed.options);
  const heldOutSet = heldOutExamples(heldOut, loss, tokenize);

  const backend = await chooseBackend(config.backend, config.threads);
  console.log(`Backend: ${backend.notice}`);
  const isNew = found === undefined;
  const own = recipeOf(config, config, isNew && config.method === 'sft');
  const rowsAtOnce = config.microbatchSize;
  const modelConfig = found ? await configOf(found) : newModelConfig(config.shape, tokenizer);
  const ofLora = lora && describeLora(lora, modelConfig);
  const stored = storedAs(config, { adapters: lora !== undefined, isNew });
  const { gradientCheckpointing } = config;
  const intent = {
    ...{ config: modelConfig, loss, dataset, walk: own, optimizer: own.optimizer, rowsAtOnce, adapter: lora },
    ...{ gradientCheckpointing, ...stored },
  };
  const sftFirst = (config.sft.first ?? isNew) && config.method !== 'sft';
  if (sftFirst && loss.name === 'sft') {
    throw new InputError(`${source.said}: its name, sft, is that of the stage before it. Give it another.`);
  }
  if (lora && isNew && !sftFirst) {
    throw new InputError(
      'lora.rank: a model made here has learnt nothing yet that adapters could change. Leave lora out, or name a model with --model.',
    );
  }
  const stream = streamAsked(
    config.reference.stream,
    whyNotStreamed({ adapters: lora !== undefined, isNew, sftFirst }),
  );
  const { planned, streamed } = await announce(intent, backend, config.memory, stream);
  const opened = await openModel(config, found, stored.storage, tokenizer);
  if (ofLora) console.log(`Adapters: ${ofLora}; the model's own weights stay as they are`);
  const out = config.out ?? join('runs', `${loss.name}-${data.name}`);
  const pinned = found?.hub && { model: `hf:${found.hub.repo}@${found.hub.commit}` };
  const resolved = {
    ...{ ...config, ...pinned, out, loss: weighed.options, sft: { ...config.sft, first: sftFirst } },
    ...(lora && { lora }),
  };
  await openRunFolder(out, resolved, config.overwrite);

  const run = {
    ...{ data, steps, found, format, settings: resolved, backend: backend.notice, heldOut: heldOut.examples.length },
    tokenizer: said,
  };
  // A model made here learns to speak with all of its weights; a given one adapts in every stage.
  const model = isNew ? opened : withLora(opened, lora, config.seed);
  const base = found ? (found.hub?.repo ?? found.said) : join(out, 'sft');
  /** The files beside a model's weights: its tokenizer's and its card. */
  const beside = (own: Omit<TrainedModel, 'model'>) => ({ ...files, 'README.md': trainCard(run, { model, ...own }) });
  if (sftFirst) {
    const why = isNew ? 'The model is new, so it first learns to speak' : 'The model is trained with SFT first';
    console.log(`${why}, from the responses worth imitating.`);
    const first = sft();
    const { dataset, counts } = tokenized(first, train, tokenize);
    const steps = recipeOf(config, config.sft, isNew);
    const files = beside({
      method: {
        loss: first.name,
        options: catalogue.sft.defaults,
        scores: false,
        ...(model.adapter && { adapters: ofLora }),
      },
      ...{ recipe: steps, trained: dataset.examples.length, tokenized: counts, afterSft: false },
      results: `Not measured: it is what ${lossLabel(loss)} starts from.`,
    });
    const stage = { folder: out, files, label: lossLabel(first), recipe: steps, base };
    await trainStage({ ...stage, policy: model, loss: first, dataset });
  }
  const start = streamed ? undefined : await startOf(model, { copyStorage: stored.copyStorage, sftFirst });
  const reference = start
    ? remembered(referenceModel(start, { rowsAtOnce }))
    : streamReference(sftFirst || !found ? join(out, 'sft') : found.folder, rowsAtOnce);
  const policy = withHeads(withLora(model, lora, config.seed), loss, config.seed);
  if (loss.wholeBatch && config.microbatchSize < config.batchSize) {
    console.log(`Batches are computed whole, ${config.batchSize} at once: ${loss.name} couples their examples.`);
  }
  const byScores = loss.needs?.scores === true;
  const card: Omit<TrainedModel, 'model' | 'results'> = {
    method: { loss: loss.name, options: weighed.options, scores: byScores, ...(ofLora && { adapters: ofLora }) },
    ...{ recipe: own, trained: dataset.examples.length, tokenized: tokens, afterSft: sftFirst },
    weights: weighed.said,
  };
  const unmeasured = beside({ ...card, results: 'Not measured yet.' });
  const stage = { folder: out, files: unmeasured, label: lossLabel(loss), recipe: own, base };
  const outcome = await measured(planned, () => trainStage({ ...stage, policy, reference, loss, dataset }));

  const beta = rewardScale(loss, weighed.options);
  const figures = await evaluate({ policy, reference, heldOut: heldOutSet, byScores, beta, rowsAtOnce });
  await writeWhole(join(out, loss.name, 'README.md'), beside({ ...card, results: figures })['README.md']);
  const counts = { ...data.counts, sources: data.sources, steps, sets };
  await writeWhole(
    join(out, 'report.json'),
    JSON.stringify({ config: resolved, data: counts, forecast: outcome, figures }, null, 2),
  );
  const saved = join(out, loss.name);
  const where = lora
    ? `the merged model in ${saved}, its adapters in ${join(saved, 'adapter')}`
    : `the model in ${saved}`;
  console.log(`\n${figureTable(figures)}\n\nEverything is in ${out}: ${where}.`);
  for (const model of start ? [policy, start] : [policy]) disposeModel(model);
  return figures;
}
