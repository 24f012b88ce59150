import { join } from 'node:path';
import type { CausalLM } from '@halokit/models';
import type { ChosenBackend } from '../backend';
import type { TrainRequest } from '../config/load_config';
import { agreed } from '../ranks/agreed';
import { identityFacts } from '../ranks/common_facts';
import { currentRanks } from '../ranks/ranks';
import { requireSameOnAll } from '../ranks/same_on_all';
import { runFacts } from '../record/run_facts';
import { Stopwatch } from '../record/stopwatch';
import { dataFacts, requireSameData } from '../survival/data_facts';
import { openRun } from '../survival/open_run';
import type { RunKeeper } from '../survival/run_keeper';
import { openWatch } from '../watch/open_watch';
import type { Watch } from '../watch/watch_stage';
import type { FoundModel } from './find_model';
import { withLora } from './lora';
import { openModel } from './open_model';
import type { TrainMaterial } from './train_material';
import type { TrainSetup } from './train_setup';

/** What is known of a run before its model is opened. */
export interface RunPlan {
  readonly request: TrainRequest;
  readonly found: FoundModel | undefined;
  readonly material: TrainMaterial;
  readonly setup: TrainSetup;
  readonly backend: ChosenBackend;
}

/** A run that has its model and its folder: what all stages share. */
export interface TrainingRun extends RunPlan {
  /** Its folder. */
  readonly out: string;
  /** The config with everything in it that was decided: what `config.yaml` holds. */
  readonly settings: object;
  /** What its first stage trains. */
  readonly model: CausalLM;
  /** What an adapter stands on, for whoever loads it: a folder, or a name on the hub. */
  readonly base: string;
  /** Keeps it from being lost. */
  readonly keeper: RunKeeper;
  /** Times what its stages do that no forecast knows of. */
  readonly aside: Stopwatch;
  /** Its page, where one was asked for. */
  readonly watch?: Watch;
}

/** Opens the model, then the run's folder with its resolved config. Ranks have the same of all that decides the numbers by then. */
export async function beginRun(plan: RunPlan): Promise<TrainingRun> {
  const { request, found, material, setup } = plan;
  const { config } = request;
  const { loss, weighed } = material;
  const { isNew, sftFirst, lora, ofLora } = setup;
  const out = config.out ?? join('runs', `${loss.name}-${material.feedback.data.name}`);
  const { opened, data, facts } = await agreed(() => identified(plan, out));
  await requireSameOnAll(identityFacts(data, facts));
  if (ofLora) console.log(`Adapters: ${ofLora}; the model's own weights stay as they are`);
  const pinned = found?.hub && { model: `hf:${found.hub.repo}@${found.hub.commit}` };
  const settings = {
    ...{ ...config, ...pinned, out, loss: weighed.options, sft: { ...config.sft, first: sftFirst } },
    ...(lora && { lora }),
  };
  const keeper = await agreed(() => openRun(request, out, { settings, data, facts }));
  const watch = await agreed(() => openWatch(currentRanks().first && config.watch, out));
  // A model made here learns to speak with all of its weights; a given one adapts in every stage.
  const model = isNew ? opened : withLora(opened, lora, config.seed);
  const base = found ? (found.hub?.repo ?? found.said) : join(out, 'sft');
  return { ...plan, out, settings, model, base, watch, keeper, aside: new Stopwatch() };
}

/** The model that training starts from, and what tells the run from others. @throws InputError where a run goes on with other data */
async function identified({ request, found, material, setup, backend }: RunPlan, out: string) {
  const data = await dataFacts(material);
  if (request.resumed) requireSameData(out, request.resumed.data, data);
  const opened = await openModel(request.config, found, setup.stored.storage, material.tokenizer.tokenizer);
  const tokenizer = material.tokenizer.files['tokenizer.json'] ?? '';
  const facts = await runFacts(backend.notice, { dataset: material.dataset, model: opened, tokenizer });
  return { opened, data, facts };
}
