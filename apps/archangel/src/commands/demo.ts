import { join } from 'node:path';
import type { Preference } from '@halokit/data';
import { catalogue, sft } from '@halokit/losses';
import { cloneModel, disposeModel, parameterCount } from '@halokit/models';
import { referenceModel, remembered } from '@halokit/trainer';
import { defineCommand } from 'citty';
import { backendWords, chooseBackend, lossScaleOf } from '../backend';
import type { Card } from '../card/card';
import { demoCard, figuresOf } from '../card/demo_card';
import { type DemoConfig, demoConfig } from '../config/demo_config';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { lossLabel } from '../losses/loss_label';
import { type HeldOutSet, measure, type Standing, winRateOf } from '../stages/compare_models';
import { askedFor, beta, taughtAnyway } from '../stages/demo_lessons';
import { demoContext, demoMaterial } from '../stages/demo_material';
import { type Duel, demoReport } from '../stages/demo_report';
import { withHeads } from '../stages/heads';
import { newModel } from '../stages/new_model';
import { stepProgress } from '../stages/observers';
import { openRunFolder, writeWhole } from '../stages/run_folder';
import { trainStage } from '../stages/train_stage';
import { duration } from '../terminal/duration';
import { whole } from '../terminal/numbers';
import { verdict } from '../world/judge';

const rowsAtOnce = 64;

/** A new model learns to speak: large steps, then ever smaller ones. */
const speaking = { batchSize: 16, learningRate: 3e-3, schedule: 'cosine', optimizer: 'adamw', maxGradNorm: 1 } as const;

/** Then it is aligned: small steps, as the published recipe takes them. */
const aligning = { learningRate: 3e-5, schedule: 'constant', optimizer: 'rmsprop', maxGradNorm: 10 } as const;

export const demoCommand = defineCommand({
  meta: { name: 'demo', description: 'Align a small model on a world of feedback made here, and see that it worked.' },
  args: configFlags(demoConfig),
  run: async ({ rawArgs }) => {
    await runDemo(validate(demoConfig, readFlags(rawArgs), 'command line'));
  },
});

/**
 * A world, a tokenizer, a model; SFT, then KTO, DPO and the loss asked for from the SFT model; and what the judge says of
 * them.
 */
export async function runDemo(config: DemoConfig): Promise<readonly Standing[]> {
  const started = performance.now();
  const { seed, sftSteps, alignSteps } = config;
  const out = config.out ?? join('runs', `demo-seed-${seed}`);
  const lessons = [...taughtAnyway, ...(await askedFor(config))];
  const backend = await chooseBackend(config.backend, config);
  console.log(`Aligns a small language model with human feedback, on this machine: ${backendWords(backend)}.\n`);

  const material = demoMaterial(seed, config.prompts, lessons.at(-1)?.loss.needs);
  const { world, tokenizer, files, demonstrations, heldOut, said } = material;
  const policy = newModel({ layers: 4, width: 128, heads: 4, context: demoContext }, tokenizer, seed);
  const size = whole(parameterCount(policy.config));
  console.log(`${said}\nA new model: Pythia's architecture, 4 layers, width 128, ${size} parameters.\n`);
  const settings = { ...config, out, beta, speaking, aligning };
  await openRunFolder(out, settings, true);
  const run = { said, heldOut: heldOut.length, settings, backend: backend.notice };

  /** Trains on a dataset, `batchSize` rows of it at a time, at most `maxSteps` times. */
  const stage = (recipe: typeof speaking | (typeof aligning & { batchSize: number }), maxSteps: number) => ({
    folder: out,
    ...lossScaleOf(backend),
    decode: (tokens: Int32Array) => tokenizer.decode(tokens, { special: true }),
    recipe: { ...recipe, seed, microbatchSize: recipe.batchSize, epochs: 1, maxSteps },
  });
  const first = { ...stage(speaking, sftSteps), label: 'SFT', policy, loss: sft(), dataset: demonstrations };
  const card = demoCard(run, {
    model: policy,
    method: { loss: 'sft', options: catalogue.sft.defaults },
    recipe: first.recipe,
    trained: demonstrations.examples.length,
    start: 'fresh weights',
    results: 'Not measured by itself: the other models of the demo are compared with it.',
  });
  await trainStage({ ...first, files: { ...files, 'README.md': card } }, [stepProgress('SFT')]);

  const set: HeldOutSet = {
    pairs: world.heldOut,
    tokenized: heldOut,
    tokenizer,
    judge: verdict,
    seed,
    maxNewTokens: 48,
  };
  const standing = await measure('SFT', policy, set);
  const reference = remembered(referenceModel(policy, { rowsAtOnce }));
  const aligned: Standing[] = [];
  for (const { loss, options, scale } of lessons) {
    const label = lossLabel(loss);
    // 16 pairs and 32 thumbs are the same number of answers.
    const batchSize = loss.feedback === 'preferences' ? 16 : 32;
    const student = withHeads(cloneModel(policy, { trainable: true }), loss, seed);
    const dataset = material.datasetFor(loss);
    const steps = stage({ ...aligning, batchSize }, alignSteps);
    const lesson = { ...steps, label, loss, dataset, policy: student, reference };
    const cardWith = (results: Card['results']) =>
      demoCard(run, {
        model: student,
        method: { loss: loss.name, options },
        recipe: lesson.recipe,
        trained: dataset.examples.length,
        start: 'the model beside it that SFT taught to speak',
        results,
      });
    const beside = { ...files, 'README.md': cardWith('Not measured yet.') };
    await trainStage({ ...lesson, files: beside }, [stepProgress(label)]);
    const prompts = material.promptsFor(loss);
    const result = await measure(label, student, set, { model: policy, standing, beta: scale, prompts });
    await writeWhole(join(out, loss.name, 'README.md'), cardWith(figuresOf(result)));
    aligned.push(result);
    disposeModel(student);
  }
  disposeModel(policy);

  const standings = [standing, ...aligned];
  const duels = await duelsOf(aligned, world.heldOut);
  const seconds = (performance.now() - started) / 1000;
  await writeWhole(join(out, 'report.json'), JSON.stringify({ config, seconds, duels, standings }, null, 2));
  console.log(`\n${demoReport(standings, duels, world.heldOut)}\n`);
  console.log(`Took ${duration(seconds)}. Everything is in ${out}:`);
  const folders = ['sft', ...lessons.map(({ loss }) => loss.name)].map((name) => `${name}/`).join(', ');
  const contents = [
    [folders, 'models in Hugging Face’s format, with their tokenizer and card'],
    ['*-metrics.jsonl', 'every step, by TRL’s names'],
    ['*-plan.json', 'every batch;  report.json  all figures and answers'],
  ] as const;
  for (const [name, holds] of contents) console.log(`  ${name.padEnd(folders.length)}  ${holds}`);
  return standings;
}

/** KTO against each of the others. */
async function duelsOf([first, ...others]: readonly Standing[], pairs: readonly Preference[]): Promise<Duel[]> {
  const duels: Duel[] = [];
  for (const other of others) {
    const result = await winRateOf(first?.samples ?? [], other.samples, pairs, verdict);
    duels.push({ name: first?.name ?? '', other: other.name, result });
  }
  return duels;
}
