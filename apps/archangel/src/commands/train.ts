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
import { dryRun } from '../stages/dry_run';
import { findModel } from '../stages/find_model';
import { withHeads } from '../stages/heads';
import { withLora } from '../stages/lora';
import { referenceStage } from '../stages/reference_stage';
import { reportRun } from '../stages/report_run';
import { trainMaterial } from '../stages/train_material';
import { trainSetup } from '../stages/train_setup';
import { evaluateRun, methodStage, sftStage } from '../stages/train_stages';
import { beginRun } from '../stages/training_run';

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
  const request = await loadTrainConfig(args);
  const { config } = request;
  const found = config.model === undefined ? undefined : await findModel(config.model, config.offline);
  const material = await trainMaterial(request, found);
  const backend = await chooseBackend(config.backend, config);
  console.log(`Backend: ${backendWords(backend)}`);
  const setup = await trainSetup(request, found, material);
  const { planned, streamed } = await announce(setup.intent, backend, config.memory, setup.stream);
  const plan = { request, found, material, setup, backend };
  if (config.dryRun) {
    await dryRun(plan, streamed);
    return [];
  }
  const run = await beginRun(plan);

  const { lora, sftFirst } = setup;
  if (sftFirst) await sftStage(run);
  const memory = watchMemory();
  const { reference, close } = await referenceStage(run, streamed);
  const { loss } = material;
  const policy = withHeads(withLora(run.model, lora, config.seed), loss, config.seed);
  // A run that goes on makes fewer steps than were forecast.
  const forecast = request.resumed ? undefined : planned;
  const outcome = await measured(forecast, memory, () => methodStage(run, policy, reference), run.aside);
  const measurement = await evaluateRun(run, policy, reference);
  await reportRun(run, measurement, outcome);
  close();
  disposeModel(policy);
  return measurement.figures;
}
