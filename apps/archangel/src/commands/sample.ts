import { Tally } from '@halokit/data';
import type { Completion } from '@halokit/evaluation';
import { disposeModel, modelFingerprint } from '@halokit/models';
import { type ArgsDef, defineCommand } from 'citty';
import { backendWords, chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { type SampleConfig, sampleConfig } from '../config/sample_config';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { agreed } from '../ranks/agreed';
import { commandFacts } from '../ranks/common_facts';
import { fromFirst } from '../ranks/from_first';
import { currentRanks } from '../ranks/ranks';
import { requireSameOnAll } from '../ranks/same_on_all';
import { answerAll } from '../sampling/answer_model';
import { type CompletionsInfo, completionsFile, keptAnswers, openInfo } from '../sampling/completion_files';
import { findPrompts } from '../sampling/find_prompts';
import { fittingPrompts, type PlacedPrompt } from '../sampling/fitting_prompts';
import { readCompletions } from '../sampling/read_completions';
import { type SampledModel, sampledModels } from '../sampling/sampled_models';
import { modelFact, promptFacts } from '../sampling/sampling_facts';
import { type AnsweredBy, answersText, promptsText } from '../sampling/sampling_text';
import { loadFound } from '../stages/find_model';
import { describeCounts } from '../stages/load_data';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { commandLine } from '../terminal/command_line';
import { whole } from '../terminal/numbers';

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
  const { models, prompts, asking, facts } = await agreed(() => planSampling(args));
  await requireSameOnAll(facts);
  const { signal, end } = stopSignal('Stopping; the answers so far are kept.');
  const answered: AnsweredBy[] = [];
  try {
    for (const model of models) {
      const completions = await answers(model, prompts, { ...asking, signal });
      if (!completions) throw new Interrupted(`Stopped. Go on with: ${commandLine('sample', ...args)}`);
      answered.push({ model, completions });
    }
  } finally {
    end();
  }
  if (currentRanks().first) console.log(answersText(answered));
}

/** Whom to ask, and what. */
async function planSampling(args: readonly string[]) {
  const { words, flags } = wordsAndFlags(args, sampleConfig);
  const config = validate(sampleConfig, readFlags(flags), 'command line');
  const models = await sampledModels(words, config);
  const { data, from, sequence } = await findPrompts(config, models);
  const tally = new Tally();
  const prompts = fittingPrompts(sequence, models, { count: config.prompts, maxNewTokens: config.maxNewTokens }, tally);
  if (prompts.length === 0) {
    throw new InputError(
      `None of the ${whole(sequence.length)} prompts ${from} can be asked: ${describeCounts(tally.counts())}.`,
    );
  }
  console.log(promptsText(prompts, sequence.length, from, describeCounts(tally.counts())));
  if (models.length > 1) console.log(`  All ${models.length} models are asked the same ones, in the same order.`);
  const backend = await chooseBackend(config.backend, config);
  console.log(`Backend: ${backendWords(backend)}`);
  const facts = [...commandFacts(config, backend), ...promptFacts(models, prompts)];
  return { models, prompts, asking: { config, data }, facts };
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
  const model = await agreed(() => loadFound(found, { offline, trainable: false }));
  const ids = prompts.map(({ id }) => id);
  const chunk = rowsAtOnce ?? usualChunk;
  const completions: Completion[] = [];
  try {
    const info = infoOf(asked, await modelFingerprint(model), asking);
    await requireSameOnAll([modelFact(info)]);
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
