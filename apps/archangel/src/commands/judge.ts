import type { Spending } from '@halokit/evaluation/node';
import { type ArgsDef, defineCommand } from 'citty';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { type JudgeConfig, judgeConfig } from '../config/judge_config';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { type AnsweredModel, answeredModel } from '../judges/answered_model';
import { askTogether } from '../judges/ask_together';
import { type Comparison, comparisonsOf, type JudgedModel } from '../judges/comparisons';
import { findJudge } from '../judges/find_judge';
import type { FoundJudge } from '../judges/found_judge';
import { judgePairs, money } from '../judges/judge_pairs';
import { type Judged, judgedOf } from '../judges/judged';
import { type JudgedFiles, judgedFiles, requireSameJudgment, writeJudged } from '../judges/judged_files';
import { comparisonText, judgedTable, judgeLine } from '../judges/judged_text';
import { modelLabels } from '../judges/model_labels';
import { againstModel, againstTarget, type Pairs } from '../judges/pairs';
import type { ScoringRanks } from '../judges/score_together';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { commandLine } from '../terminal/command_line';
import { whole } from '../terminal/numbers';

const args: ArgsDef = {
  models: { type: 'positional', required: false, description: 'runs’ folders, models in them, or files of answers' },
  ...configFlags(judgeConfig),
};

export const judgeCommand = defineCommand({
  meta: {
    name: 'judge',
    description: 'Have answers judged, in both orders: against what the set prefers, or model against model.',
  },
  args,
  run: ({ rawArgs }) => runJudge(rawArgs),
});

/** Has each model's answers judged, and leaves `METHOD-judged-BASELINE-JUDGE.json` and the pairs beside them. */
async function runJudge(args: readonly string[]): Promise<void> {
  const { words, flags } = wordsAndFlags(args, judgeConfig);
  const config = validate(judgeConfig, readFlags(flags), 'command line');
  const { signal, end } = stopSignal('Stopping; the answers so far are kept.');
  try {
    const done = await askTogether(config.judge, config, signal, (stopping, scoring) =>
      judgeAll(words, config, stopping, scoring),
    );
    if (!done) throw new Interrupted(`Stopped. Go on with: ${commandLine('judge', ...args)}`);
  } finally {
    end();
  }
}

async function judgeAll(
  words: readonly string[],
  config: JudgeConfig,
  signal: AbortSignal,
  scoring?: ScoringRanks,
): Promise<void> {
  const contests = await contestsOf(words, config);
  const labels = modelLabels([
    ...contests.map(({ candidate }) => candidate),
    ...(contests[0]?.baseline ? [contests[0].baseline] : []),
  ]);
  const baseline = contests[0]?.baseline ? (labels.at(-1) as string) : 'target';
  const models: JudgedModel[] = [];
  const files: JudgedFiles[] = [];
  const found = await findJudge(config.judge, config, signal, scoring);
  try {
    for (const pairs of contests) files.push(await filesFor(pairs, found, config.overwrite));
    for (const [i, pairs] of contests.entries()) {
      const asking = { label: labels[i] as string, concurrency: config.concurrency, signal };
      models.push(await judgeOne(pairs, found, files[i] as JudgedFiles, asking));
    }
  } finally {
    await found.close();
  }
  const comparisons = comparisonsOf(models, baseline, config.seed ?? 1);
  const judged = models.map((model) => model.judged);
  if (config.json) console.log(JSON.stringify({ judged, comparisons }, null, 2));
  else say(models, comparisons, baseline, files);
}

/** @throws InputError for no model, one that is named twice, or answers that cannot be compared */
async function contestsOf(words: readonly string[], { against, prompts }: JudgeConfig): Promise<Pairs[]> {
  if (words.length === 0) throw new InputError('Say whose answers to judge: a run’s folder, or a file of answers.');
  const candidates: AnsweredModel[] = [];
  for (const word of words) {
    const model = await answeredModel(word);
    if (candidates.some(({ file }) => file === model.file)) throw new InputError(`${model.file}: is named twice.`);
    candidates.push(model);
  }
  if (against === 'target') return candidates.map((candidate) => againstTarget(candidate, prompts));
  const baseline = await answeredModel(against);
  return candidates.map((candidate) => againstModel(candidate, baseline, prompts));
}

async function filesFor(
  pairs: Pairs,
  { name, endpoint, question }: FoundJudge,
  overwrite: boolean,
): Promise<JudgedFiles> {
  const judge = { name, ...(endpoint !== undefined && { endpoint }), ...(question && { question }) };
  const files = judgedFiles(pairs, judge);
  const { candidate, baseline } = pairs;
  if (!overwrite) await requireSameJudgment(files, { candidate, baseline: baseline ?? 'target', judge });
  return files;
}

async function judgeOne(
  pairs: Pairs,
  found: FoundJudge,
  files: JudgedFiles,
  asking: { label: string; concurrency: number; signal: AbortSignal },
): Promise<JudgedModel> {
  const before = found.spending?.();
  const result = await judgePairs(pairs, found, asking);
  const judged = judgedOf(pairs, result, found, spentSince(before, found.spending?.()));
  await writeJudged(files, judged, pairs, result);
  return { label: asking.label, pairs, result, judged };
}

/** What one model's judgments took, without what was paid for others before it. */
function spentSince(before: Spending | undefined, after: Spending | undefined): Judged['cost'] {
  if (!before || !after) return undefined;
  const { paid: _, price, ...counts } = after;
  const since = (key: keyof typeof counts) => counts[key] - before[key];
  return {
    ...{ requests: since('requests'), cached: since('cached') },
    ...{ promptTokens: since('promptTokens'), completionTokens: since('completionTokens') },
    // Sums of fractions have crumbs in their last digits.
    ...(price !== undefined && { price: Number((price - (before.price ?? 0)).toPrecision(12)) }),
  };
}

function say(
  models: readonly JudgedModel[],
  comparisons: readonly Comparison[],
  baseline: string,
  files: readonly JudgedFiles[],
): void {
  for (const model of models) {
    const { judge, cost } = model.judged;
    const price = cost?.price === undefined ? '' : `they cost ${money(cost.price)}`;
    console.log(`\n${judgedTable(model, baseline)}\n${judgeLine(judge, cost, price)}`);
  }
  console.log(`\n${comparisonText(comparisons)}\n`);
  for (const [i, { figures, pairs }] of files.entries()) {
    console.log(`${models[i]?.label}: ${figures}, and ${whole(models[i]?.pairs.pairs.length ?? 0)} pairs in ${pairs}`);
  }
}
