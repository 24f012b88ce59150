import type { Loss } from '@halokit/losses';
import { type ModelConfig, preset, presetNames } from '@halokit/models';
import { defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { type PlanConfig, planConfig } from '../config/plan_config';
import { validate } from '../config/validate';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import { forecast } from '../plan/forecast';
import { processMemory } from '../plan/free_memory';
import type { Intent } from '../plan/intent';
import { nominalDataset } from '../plan/nominal_dataset';
import { pastRuns, pastWords } from '../plan/past_runs';
import { defaultPrompt, type PlanReport, planReport } from '../plan/plan_report';
import { planText } from '../plan/plan_text';
import { machineRates } from '../plan/probe';
import { whatFits } from '../plan/what_fits';
import { configOf, findModel } from '../stages/find_model';
import { cacheFolder } from '../stages/hub';
import { loraOf } from '../stages/lora';
import { storedAs } from '../stages/storage';
import { streamAsked, whyNotStreamed } from '../stages/stream_reference';
import { columnsOf, fold } from '../terminal/fold';

const where = 'command line';

export const planCommand = defineCommand({
  meta: {
    name: 'plan',
    description: 'Say what memory and time training needs on this machine, before anything is loaded.',
  },
  args: configFlags(planConfig),
  run: async ({ rawArgs }) => {
    await runPlan(rawArgs);
  },
});

/** Says what a step takes, whether it fits, and what would. No model is loaded. */
export async function runPlan(args: readonly string[]): Promise<PlanReport> {
  const config = validate(planConfig, readFlags(args), where);
  const intent = await intentOf(config);
  const isNative = await chooseBackend('onnxruntime', config.threads).then(
    () => true,
    () => false,
  );
  const memory = processMemory();
  const rates = isNative ? await machineRates() : undefined;
  const planned = await forecast(intent, memory.resident, rates);
  const fits = planned.peakBytes <= memory.room;
  const flags = (length: number) => `--length ${length}`;
  const fitting = fits ? undefined : await whatFits(intent, memory.room, memory.resident, flags);
  const past = pastWords(await pastRuns(cacheFolder()));
  const report = planReport(config, intent, planned, { memory, rates }, { fitting, past });
  if (config.json) console.log(JSON.stringify(report, null, 2));
  else console.log(fold(planText(report), columnsOf(process.stdout)));
  return report;
}

async function intentOf(config: PlanConfig): Promise<Intent> {
  const { length, batchSize, microbatchSize, microbatchTokens, optimizer, prompt = defaultPrompt(length) } = config;
  const source = await findLoss(config.method);
  const loss: Loss = source.create(lossOptions(source, config.loss, where));
  const model = await modelConfig(config);
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
