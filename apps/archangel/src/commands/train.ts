import { disposeModel } from '@halokit/models';
import { type ArgsDef, defineCommand } from 'citty';
import { backendWords, chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { loadTrainConfig } from '../config/load_config';
import { trainConfig } from '../config/train_config';
import type { Figure } from '../held_out/figure';
import { announce } from '../plan/announce';
import { measured } from '../plan/outcome';
import { watchMemory } from '../plan/watch_memory';
import { agreed } from '../ranks/agreed';
import { requestFacts } from '../ranks/common_facts';
import { onAnyRank } from '../ranks/decide';
import { currentRanks } from '../ranks/ranks';
import { requireSameOnAll } from '../ranks/same_on_all';
import { sayUnlike } from '../ranks/say_unlike';
import { dryRun } from '../stages/dry_run';
import { findModel } from '../stages/find_model';
import { withHeads } from '../stages/heads';
import { withLora } from '../stages/lora';
import { referenceStage } from '../stages/reference_stage';
import { reportRun } from '../stages/report_run';
import { trainMaterial } from '../stages/train_material';
import { trainSetup } from '../stages/train_setup';
import { evaluateRun, methodStage, sftStage } from '../stages/train_stages';
import { beginRun, type RunPlan } from '../stages/training_run';

const args: ArgsDef = {
  config: { type: 'string', description: 'YAML file with any of the keys below' },
  resume: { type: 'string', description: 'run folder to go on with, to the same bits as if it had never stopped' },
  ...configFlags(trainConfig),
};

export const trainCommand = defineCommand({
  meta: { name: 'train', description: 'Align a model on feedback from files.' },
  args,
  run: ({ rawArgs }) => runTrain(rawArgs),
});

/** Data, tokenizer, model; SFT first where the model is new; then the method, and how it does on held-out prompts. */
export async function runTrain(args: readonly string[]): Promise<readonly Figure[]> {
  const { plan, planned, facts, ...announced } = await agreed(() => planRun(args));
  await requireSameOnAll(facts);
  await sayUnlike(plan.backend.notice);
  const streamed = await onAnyRank(announced.streamed);
  const { request, setup, material } = plan;
  const { config } = request;
  if (config.dryRun) {
    await dryRun(plan, streamed);
    return [];
  }
  const run = await beginRun(plan);

  const { lora, sftFirst } = setup;
  if (sftFirst) await sftStage(run);
  const memory = watchMemory();
  const { reference, close } = await referenceStage(run, streamed);
  const policy = withHeads(withLora(run.model, lora, config.seed), material.loss, config.seed);
  // A run that goes on makes fewer steps than were forecast.
  const forecast = request.resumed ? undefined : planned;
  const outcome = await measured(forecast, memory, () => methodStage(run, policy, reference), run.aside);
  const measurement = await evaluateRun(run, policy, reference);
  await agreed(() => (currentRanks().first ? reportRun(run, measurement, outcome) : undefined));
  close();
  disposeModel(policy);
  return measurement.figures;
}

/** What a run is to be, and what it will take. */
async function planRun(args: readonly string[]) {
  const request = await loadTrainConfig(args);
  const { config } = request;
  const found = config.model === undefined ? undefined : await findModel(config.model, config.offline);
  const material = await trainMaterial(request, found);
  const backend = await chooseBackend(config.backend, config);
  console.log(`Backend: ${backendWords(backend)}`);
  const setup = await trainSetup(request, found, material);
  const announced = await announce(setup.intent, backend, config.memory, setup.stream);
  const plan: RunPlan = { request, found, material, setup, backend };
  return { plan, ...announced, facts: await requestFacts(request, backend) };
}
