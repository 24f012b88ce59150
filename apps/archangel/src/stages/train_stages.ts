import { sft } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import { lossLabel } from '../losses/loss_label';
import { runObservers } from '../record/run_observers';
import { recipeOf } from './recipe';
import { tokenized } from './tokenize_data';
import { filesOfMethod, filesOfSft } from './train_cards';
import { trainStage } from './train_stage';
import type { TrainingRun } from './training_run';

/** Trains the model on the responses worth imitating, before the method. */
export async function sftStage(run: TrainingRun): Promise<void> {
  const { request, material, setup, model, out: folder, base, keeper } = run;
  const { config } = request;
  const why = setup.isNew ? 'The model is new, so it first learns to speak' : 'The model is trained with SFT first';
  console.log(`${why}, from the responses worth imitating.`);
  const loss = sft();
  const { dataset, counts } = tokenized(loss, material.feedback.train, material.tokenize);
  const recipe = recipeOf(config, config.sft, setup.isNew);
  const files = filesOfSft(run, { recipe, trained: dataset.examples.length, tokenized: counts });
  const stage = { label: lossLabel(loss), folder, base, files, recipe, loss, dataset, policy: model };
  await trainStage({ ...stage, decode: decoder(run), keeper }, runObservers(run, loss, model));
}

/** Trains the policy with the method that was asked for. */
export async function methodStage(run: TrainingRun, policy: CausalLM, reference: Reference): Promise<void> {
  const { request, material, setup, out: folder, base, keeper } = run;
  const { batchSize, microbatchSize } = request.config;
  const { loss, dataset } = material;
  if (loss.wholeBatch && microbatchSize < batchSize) {
    console.log(`Batches are computed whole, ${batchSize} at once: ${loss.name} couples their examples.`);
  }
  const files = filesOfMethod(run);
  const stage = { label: lossLabel(loss), folder, base, files, recipe: setup.recipe, loss, dataset };
  await trainStage({ ...stage, policy, reference, decode: decoder(run), keeper }, runObservers(run, loss, policy));
}

function decoder({ material }: TrainingRun): (tokens: Int32Array) => string {
  return (tokens) => material.tokenizer.tokenizer.decode(tokens, { special: true });
}
