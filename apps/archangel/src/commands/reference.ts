import { disposeModel } from '@halokit/models';
import { type ArgsDef, defineCommand } from 'citty';
import { backendWords, chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { loadTrainConfig, type TrainRequest } from '../config/load_config';
import { trainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { announce } from '../plan/announce';
import { agreed } from '../ranks/agreed';
import { referenceFacts, requestFacts } from '../ranks/common_facts';
import { onAnyRank } from '../ranks/decide';
import { requireSameOnAll } from '../ranks/same_on_all';
import { findModel } from '../stages/find_model';
import { withLora } from '../stages/lora';
import { openModel } from '../stages/open_model';
import { referenceStage } from '../stages/reference_stage';
import { trainMaterial } from '../stages/train_material';
import { trainSetup } from '../stages/train_setup';
import { commandLine } from '../terminal/command_line';

const args: ArgsDef = {
  config: { type: 'string', description: 'YAML file with any of the keys below' },
  ...configFlags(trainConfig),
};

export const referenceCommand = defineCommand({
  meta: {
    name: 'reference',
    description:
      'Ask a model all that training from it with the same keys will ask, and keep the answers for runs to come.',
  },
  args,
  run: ({ rawArgs }) => runReference(rawArgs),
});

/** As far as `archangel train` goes before its first step: of several runs with one reference none asks it again. */
async function runReference(args: readonly string[]): Promise<void> {
  const { run, facts, ...announced } = await agreed(() => planReference(args));
  await requireSameOnAll(facts);
  const streamed = await onAnyRank(announced.streamed);
  const { close } = await referenceStage(run, streamed);
  close();
  disposeModel(run.model);
}

async function planReference(args: readonly string[]) {
  const request = await loadTrainConfig(args);
  const { config } = request;
  requireReference(request);
  const found = await findModel(config.model as string, config.offline);
  const material = await trainMaterial(request, found);
  const backend = await chooseBackend(config.backend, config);
  console.log(`Backend: ${backendWords(backend)}`);
  const setup = await trainSetup(request, found, material);
  const { streamed } = await announce(setup.intent, backend, config.memory, setup.stream);
  const opened = await openModel(config, found, setup.stored.storage, material.tokenizer.tokenizer);
  const model = withLora(opened, setup.lora, config.seed);
  const keeper = { goOn: commandLine('reference', ...args) };
  const facts = [...(await requestFacts(request, backend)), ...(await referenceFacts(material, opened))];
  return { run: { request, material, setup, found, backend, model, keeper }, streamed, facts };
}

/** @throws InputError where there is no reference before there is a run, or none of its answers is kept */
function requireReference({ config }: TrainRequest): void {
  if (config.model === undefined) {
    throw new InputError('model: a model made here is its own run’s reference. Name a checkpoint with --model.');
  }
  if (config.sft.first) {
    throw new InputError(
      'sft.first: the reference is what SFT leaves, which is not there yet. Name that with --model.',
    );
  }
  if (config.reference.store === 'none') {
    throw new InputError('reference.store: none keeps nothing of what is asked. Leave it out.');
  }
}
