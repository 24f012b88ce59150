import { join } from 'node:path';
import { Tally, tulu } from '@halokit/data';
import { dpo, kto, type Loss, sft } from '@halokit/losses';
import { cloneModel, disposeModel, parameterCount } from '@halokit/models';
import { referenceModel, remembered } from '@halokit/trainer';
import { defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { type DemoConfig, demoConfig } from '../config/demo_config';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { type HeldOutSet, measure, type Standing, winRateOf } from '../stages/compare_models';
import { demoReport } from '../stages/demo_report';
import { newModel } from '../stages/new_model';
import { openRunFolder, writeWhole } from '../stages/run_folder';
import { tokenizeFor } from '../stages/tokenize_data';
import { trainStage } from '../stages/train_stage';
import { duration } from '../terminal/duration';
import { whole } from '../terminal/numbers';
import { verdict } from '../world/judge';
import { makeWorld } from '../world/world';

const beta = 0.1;
/** Share of training labels the wrong way round. */
const flip = 0.1;
/** Share of flawless answers among those the model learns to speak from. */
const goodShare = 0.3;

export const demoCommand = defineCommand({
  meta: { name: 'demo', description: 'Align a small model on a world of feedback made here, and see that it worked.' },
  args: configFlags(demoConfig),
  run: ({ rawArgs }) => runDemo(validate(demoConfig, readFlags(rawArgs), 'command line')),
});

/** What the demo measured, by model. */
export interface DemoResult {
  readonly standings: readonly Standing[];
  readonly seconds: number;
}

/** A world, a tokenizer, a model; SFT, then KTO and DPO from the SFT model; and what the judge says of the three. */
export async function runDemo(config: DemoConfig): Promise<DemoResult> {
  const started = performance.now();
  const { seed, prompts, sftSteps, alignSteps } = config;
  const out = config.out ?? join('runs', `demo-seed-${seed}`);
  const backend = await chooseBackend(config.backend);
  console.log(`Aligns a small language model with human feedback, on this machine: ${backend.notice}.\n`);

  const world = makeWorld({ seed, demonstrations: 4000, trainPairs: 3000, heldOutPairs: prompts, flip, goodShare });
  const { train: trainTemplates, heldOut: heldOutTemplates } = world.templates;
  console.log(
    `A world of feedback: requests from ${trainTemplates.length} templates to train on, ${heldOutTemplates.length} others held out;\n` +
      `  answers a small program can judge, ${100 * (1 - goodShare)} % of them flawed; ${100 * flip} % of the labels the wrong way round.`,
  );
  const feedback = { kind: 'preferences', examples: world.preferences } as const;
  const habits = world.demonstrations.map(({ response, ...rest }) => ({
    ...rest,
    chosen: response,
    rejected: response,
  }));
  const { tokenizer, files } = learnTokenizer({ kind: 'preferences', examples: habits }, 512);
  const tally = new Tally();
  const tokenize = { tokenizer, format: tulu, maxLength: 96, maxPromptLength: 48 };
  const policy = newModel({ layers: 4, width: 128, heads: 4, context: 96 }, tokenizer, seed);
  console.log(
    `A new model: Pythia's architecture, 4 layers, width 128, ${whole(parameterCount(policy.config))} parameters.\n`,
  );
  await openRunFolder(out, { ...config, out, beta, flip, goodShare }, true);

  const batch = { seed, batchSize: 16, microbatchSize: 16, epochs: 1 };
  const demonstrations = tokenizeFor('demonstrations', { kind: 'preferences', examples: habits }, tokenize, tally);
  const speaking = {
    ...batch,
    maxSteps: sftSteps,
    learningRate: 3e-3,
    schedule: 'cosine',
    optimizer: 'adamw',
    maxGradNorm: 1,
  } as const;
  await trainStage({
    label: 'SFT',
    folder: out,
    policy,
    loss: sft(),
    dataset: demonstrations,
    recipe: speaking,
    files,
  });

  const heldOut = { kind: 'preferences', examples: world.heldOut } as const;
  const tokenized = tokenizeFor('preferences', heldOut, tokenize, tally);
  if (tokenized.feedback !== 'preferences') throw new TypeError('Held-out pairs are preferences.');
  const set: HeldOutSet = {
    pairs: world.heldOut,
    tokenized: tokenized.examples,
    tokenizer,
    judge: verdict,
    seed,
    maxNewTokens: 48,
  };
  const base = await measure('SFT', policy, set);

  const reference = remembered(referenceModel(policy, { rowsAtOnce: 64 }));
  const aligned: Standing[] = [];
  for (const [label, loss] of [
    ['KTO', kto({ beta })],
    ['DPO', dpo({ beta })],
  ] as [string, Loss][]) {
    const student = cloneModel(policy, { trainable: true });
    const dataset = tokenizeFor(loss.feedback, feedback, tokenize, tally);
    // 16 pairs and 32 thumbs are the same answers.
    const batchSize = loss.feedback === 'binary' ? 32 : 16;
    const recipe = {
      ...batch,
      batchSize,
      microbatchSize: batchSize,
      maxSteps: alignSteps,
      learningRate: 3e-5,
      schedule: 'constant',
      optimizer: 'rmsprop',
      maxGradNorm: 10,
    } as const;
    await trainStage({ label, folder: out, policy: student, reference, loss, dataset, recipe, files });
    aligned.push(await measure(label, student, set, { model: policy, standing: base, beta }));
    disposeModel(student);
  }
  disposeModel(policy);

  const [ktoStanding, dpoStanding] = aligned as [Standing, Standing];
  const duel = await winRateOf(ktoStanding.samples, dpoStanding.samples, world.heldOut, verdict);
  const seconds = (performance.now() - started) / 1000;
  const result = { standings: [base, ...aligned], seconds };
  await writeWhole(join(out, 'report.json'), JSON.stringify({ config, duel, ...result }, null, 2));
  console.log(`\n${demoReport(result.standings, duel, world.heldOut)}\n`);
  console.log(`Took ${duration(seconds)}. Everything is in ${out}:`);
  console.log('  sft/, kto/, dpo/       models that Hugging Face Transformers loads, with their tokenizer');
  console.log(
    '  *-metrics.jsonl        every step, by TRL’s names;  *-plan.json  every batch;  report.json  all figures',
  );
  return result;
}
