import { join } from 'node:path';
import { catalogue } from '@halokit/losses';
import { type TrainedModel, trainCard } from '../card/train_card';
import { lossLabel } from '../losses/loss_label';
import { writeWhole } from './run_folder';
import type { TrainingRun } from './training_run';

type Results = TrainedModel['results'];
type Files = Readonly<Record<string, string>>;

/** The files beside the weights of the model that SFT leaves: its tokenizer's and its card. */
export function filesOfSft(
  run: TrainingRun,
  { recipe, trained, tokenized }: Pick<TrainedModel, 'recipe' | 'trained' | 'tokenized'>,
): Files {
  const { model, material, setup } = run;
  const adapters = model.adapter && { adapters: setup.ofLora };
  return withCard(run, {
    method: { loss: 'sft', options: catalogue.sft.defaults, scores: false, ...adapters },
    ...{ recipe, trained, tokenized, afterSft: false },
    results: `Not measured: it is what ${lossLabel(material.loss)} starts from.`,
  });
}

/** The same of the model that the method leaves, before it is measured. */
export function filesOfMethod(run: TrainingRun): Files {
  return withCard(run, ofMethod(run, 'Not measured yet.'));
}

/** Puts what was measured into the card of the method's model. */
export async function writeResults(run: TrainingRun, results: Results): Promise<void> {
  const { 'README.md': card = '' } = withCard(run, ofMethod(run, results));
  await writeWhole(join(run.out, run.material.loss.name, 'README.md'), card);
}

function ofMethod({ material, setup }: TrainingRun, results: Results): Omit<TrainedModel, 'model'> {
  const { loss, weighed, dataset, tokens } = material;
  const { recipe, ofLora, sftFirst } = setup;
  return {
    method: {
      ...{ loss: loss.name, options: weighed.options, scores: loss.needs?.scores === true },
      ...(ofLora && { adapters: ofLora }),
    },
    ...{ recipe, trained: dataset.examples.length, tokenized: tokens, afterSft: sftFirst },
    ...{ weights: weighed.said, results },
  };
}

function withCard(run: TrainingRun, own: Omit<TrainedModel, 'model'>): Files {
  const { model, found, settings, backend, material } = run;
  const { feedback, format, tokenizer } = material;
  const { data, steps, heldOut } = feedback;
  const common = { data, steps, found, format, settings, backend: backend.notice, heldOut: heldOut.examples.length };
  const card = trainCard({ ...common, tokenizer: tokenizer.said }, { model, ...own });
  return { ...tokenizer.files, 'README.md': card };
}
