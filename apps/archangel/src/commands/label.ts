import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Tally } from '@halokit/data';
import { openLabelCache } from '@halokit/data/node';
import { type ArgsDef, defineCommand } from 'citty';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { type LabelConfig, labelConfig } from '../config/label_config';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { askTogether } from '../judges/ask_together';
import type { ScoringRanks } from '../judges/score_together';
import { type AnsweredPrompt, answeredPrompts } from '../labelling/answered_prompts';
import { findLabeller } from '../labelling/find_labeller';
import { type LabelledAnswers, labelAnswers } from '../labelling/label_answers';
import { describeCounts } from '../stages/load_data';
import { writeWhole } from '../stages/run_folder';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { commandLine } from '../terminal/command_line';
import { whole } from '../terminal/numbers';

const args: ArgsDef = {
  files: {
    type: 'positional',
    required: false,
    description: 'answers, as "archangel sample" keeps them: *-completions.jsonl',
  },
  ...configFlags(labelConfig),
};

export const labelCommand = defineCommand({
  meta: {
    name: 'label',
    description: 'Make feedback to train on from answers: by a reward model, a function or a judge.',
  },
  args,
  run: ({ rawArgs }) => runLabel(rawArgs),
});

/** Labels answers and writes a file of feedback. What was labelled until it is stopped is kept beside it. */
async function runLabel(args: readonly string[]): Promise<void> {
  const { words: files, flags } = wordsAndFlags(args, labelConfig);
  const config = validate(labelConfig, readFlags(flags), 'command line');
  const { signal, end } = stopSignal('Stopping; what is labelled so far is kept.');
  try {
    const done = await askTogether(config.by, config, signal, (stopping, scoring) =>
      labelFiles(files, config, stopping, scoring),
    );
    if (!done) throw new Interrupted(`Stopped. Go on with: ${commandLine('label', ...args)}`);
  } finally {
    end();
  }
}

async function labelFiles(
  files: readonly string[],
  config: LabelConfig,
  signal: AbortSignal,
  scoring?: ScoringRanks,
): Promise<void> {
  await check(files, config);
  const ofAnswers = new Tally();
  const prompts = await answeredPrompts(files, ofAnswers);
  const answers = ofAnswers.counts();
  console.log(`Answers: ${whole(answers.read)} read, ${whole(answers.kept)} to label: ${describeCounts(answers)}`);
  const labelled = await label(prompts, config, signal, scoring);
  await write(labelled, { files, answers, ...settingsOf(config) }, config);
}

/** @throws InputError for what cannot be read or written, before anything is done */
async function check(files: readonly string[], { out, overwrite }: LabelConfig): Promise<void> {
  if (files.length === 0) throw new InputError('Say which answers to label: files of one model or more.');
  if (!out.endsWith('.jsonl')) throw new InputError(`out: ${out} is to end in .jsonl.`);
  const there = await stat(out).catch(() => undefined);
  if (there && !overwrite) {
    throw new InputError(`${out}: is there already. Choose another with --out, or pass --overwrite.`);
  }
}

async function label(
  prompts: readonly AnsweredPrompt[],
  config: LabelConfig,
  signal: AbortSignal,
  scoring?: ScoringRanks,
): Promise<LabelledAnswers> {
  await mkdir(dirname(config.out), { recursive: true });
  const cache = await openLabelCache(beside(config.out, 'scores.jsonl'));
  try {
    const labeller = await findLabeller(config, signal, scoring);
    console.log(`Labelled by ${labeller.name}`);
    try {
      return await labelAnswers(prompts, labeller, { config, cache, signal });
    } finally {
      await labeller.close();
    }
  } finally {
    await cache.close();
  }
}

async function write(
  { lines, counted, counts }: LabelledAnswers,
  facts: object,
  { out, as }: LabelConfig,
): Promise<void> {
  console.log(`  ${whole(counts.kept)} of ${whole(counts.read)} ${counted} labelled: ${describeCounts(counts)}`);
  if (lines.length === 0) throw new InputError(`${out}: is not written, for nothing could be labelled.`);
  await writeWhole(out, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeWhole(beside(out, 'json'), `${JSON.stringify({ ...facts, counted, counts }, null, 2)}\n`);
  const thumbs = lines.flatMap((line) => ('desirable' in line ? [line.desirable] : []));
  const up = thumbs.filter((thumb) => thumb).length;
  const sides = as === 'thumbs' ? `, ${whole(up)} up and ${whole(thumbs.length - up)} down` : '';
  const train = commandLine('train', '--method', as === 'pairs' ? 'dpo' : 'kto', '--data', out);
  console.log(`${out}: ${whole(lines.length)} ${as}${sides}. Train on them: ${train}`);
}

/** What tells how the labels came about. */
function settingsOf({ by, as, against, pairs, margin, threshold, desirable, atThreshold }: LabelConfig): object {
  const told = { by, as, desirable };
  if (against !== undefined) return { ...told, against, margin };
  return as === 'pairs' ? { ...told, pairs, margin } : { ...told, threshold, atThreshold };
}

/** `thumbs.jsonl` and `json` are `thumbs.json`. */
function beside(out: string, ending: string): string {
  return out.replace(/jsonl$/, ending);
}
