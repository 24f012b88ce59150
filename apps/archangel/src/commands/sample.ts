import { Tally } from '@halokit/data';
import { type Completion, meanInterval, table, wilson } from '@halokit/evaluation';
import { disposeModel, modelFingerprint } from '@halokit/models';
import { type ArgsDef, defineCommand } from 'citty';
import { backendWords, chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { type SampleConfig, sampleConfig } from '../config/sample_config';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { fromFirst } from '../ranks/from_first';
import { currentRanks } from '../ranks/ranks';
import { answerAll } from '../sampling/answer_model';
import { type CompletionsInfo, completionsFile, keptAnswers, openInfo } from '../sampling/completion_files';
import { findPrompts } from '../sampling/find_prompts';
import { fittingPrompts, type PlacedPrompt } from '../sampling/fitting_prompts';
import { readCompletions } from '../sampling/read_completions';
import { type SampledModel, sampledModels } from '../sampling/sampled_models';
import { loadFound } from '../stages/find_model';
import { describeCounts } from '../stages/load_data';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { commandLine } from '../terminal/command_line';
import { numberInterval, percentInterval, whole } from '../terminal/numbers';

const args: ArgsDef = {
  models: {
    type: 'positional',
    required: false,
    description: 'runs’ folders, checkpoints’, or hf:owner/name@revision',
  },
  ...configFlags(sampleConfig),
};

export const sampleCommand = defineCommand({
  meta: { name: 'sample', description: 'Ask models prompts that they have not seen, and keep what they answer.' },
  args,
  run: ({ rawArgs }) => runSample(rawArgs),
});

/** Asks each model the same prompts, and leaves `METHOD-completions.jsonl` in its run's folder. */
async function runSample(args: readonly string[]): Promise<void> {
  const { words, flags } = wordsAndFlags(args, sampleConfig);
  const config = validate(sampleConfig, readFlags(flags), 'command line');
  const models = await sampledModels(words, config);
  const { data, from, sequence } = await findPrompts(config, models);
  const tally = new Tally();
  const prompts = fittingPrompts(sequence, models, { count: config.prompts, maxNewTokens: config.maxNewTokens }, tally);
  sayPrompts(prompts, sequence.length, from, describeCounts(tally.counts()));
  if (models.length > 1) console.log(`  All ${models.length} models are asked the same ones, in the same order.`);
  console.log(`Backend: ${backendWords(await chooseBackend(config.backend, config))}`);
  const { signal, end } = stopSignal('Stopping; the answers so far are kept.');
  const answered: AnsweredBy[] = [];
  try {
    for (const model of models) {
      const completions = await answers(model, prompts, { config, data, signal });
      if (!completions) throw new Interrupted(`Stopped. Go on with: ${commandLine('sample', ...args)}`);
      answered.push({ model, completions });
    }
  } finally {
    end();
  }
  if (currentRanks().first) sayAnswers(answered);
}

interface AnsweredBy {
  readonly model: SampledModel;
  readonly completions: readonly Completion[];
}

function sayAnswers(answered: readonly AnsweredBy[]): void {
  const rows = answered.map(({ model, completions }) => {
    const finished = completions.filter((completion) => completion.finished).length;
    return [
      model.place,
      whole(completions.length),
      numberInterval(meanInterval(completions.map(({ tokens }) => tokens))),
      percentInterval(wilson(finished, completions.length)),
    ];
  });
  console.log(`\n${table(['model', 'answers', 'mean tokens', 'ended by themselves'], rows)}\n`);
  for (const { model } of answered) console.log(`${model.place}: ${completionsFile(model.folder, model.method)}`);
}

function sayPrompts(prompts: readonly PlacedPrompt[], all: number, from: string, left: string): void {
  if (prompts.length === 0) throw new InputError(`None of the ${whole(all)} prompts ${from} can be asked: ${left}.`);
  console.log(`Prompts: ${whole(prompts.length)} of ${whole(all)} ${from}: ${left}`);
  const counts = new Map<string, number>();
  for (const { set } of prompts) counts.set(set, (counts.get(set) ?? 0) + 1);
  if (counts.size > 1) {
    const shares = [...counts].sort().map(([set, count]) => `${set} ${whole(count)}`);
    console.log(`  by set, in its share of all prompts: ${shares.join(', ')}`);
  }
}

interface Asking {
  readonly config: SampleConfig;
  readonly data: string;
  readonly signal: AbortSignal;
}

/**
 * Asks one model, unless its answers are there.
 *
 * @returns them, on rank 0 alone; undefined on every rank where that was stopped
 */
async function answers(
  asked: SampledModel,
  prompts: readonly PlacedPrompt[],
  asking: Asking,
): Promise<readonly Completion[] | undefined> {
  const { config, signal } = asking;
  const { samples, seed, temperature, topP, maxNewTokens, rowsAtOnce, offline, overwrite } = config;
  const { found, folder, method } = asked;
  const model = await loadFound(found, { offline, trainable: false });
  const ids = prompts.map(({ id }) => id);
  const chunk = rowsAtOnce ?? usualChunk;
  const completions: Completion[] = [];
  try {
    const info = infoOf(asked, await modelFingerprint(model), asking);
    await fromFirst(() => openInfo(folder, info, overwrite));
    for (let sample = 1; sample <= samples; sample++) {
      const file = completionsFile(folder, method, sample);
      const kept = await fromFirst(() => keptAnswers(file, ids, chunk));
      const label = samples === 1 ? method : `${method} ${sample}/${samples}`;
      const drawing = { temperature, topP, maxNewTokens, rowsAtOnce, seed: seed + sample - 1 };
      const all = await answerAll(model, asked, prompts, { ...drawing, file, kept, chunk, label, signal });
      if (!all) return undefined;
      if (currentRanks().first) completions.push(...(await readCompletions(file)).completions.slice(0, prompts.length));
    }
  } finally {
    disposeModel(model);
  }
  return completions;
}

/** Prompts whose answers are written together, where nothing else was asked. */
const usualChunk = 64;

function infoOf(
  { found, place, method, run, format, controlToken }: SampledModel,
  fingerprint: string,
  { config, data }: Asking,
): CompletionsInfo {
  const { prompts, samples, temperature, topP, maxNewTokens, seed, rowsAtOnce } = config;
  const settings = { prompts, samples, temperature, topP, maxNewTokens, seed, rowsAtOnce, format: format.name };
  return {
    model: found.hub ? `hf:${found.hub.repo}@${found.hub.commit}` : place,
    method,
    ...(run !== undefined && { run }),
    ...{ fingerprint, data, settings: { ...settings, ...(controlToken !== undefined && { controlToken }) } },
  };
}
