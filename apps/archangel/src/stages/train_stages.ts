import { sft } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import { lossScaleOf } from '../backend';
import { evaluate, type Measurement } from '../held_out/evaluate';
import type { Figure } from '../held_out/figure';
import { figureLine } from '../held_out/figure_text';
import { lossLabel } from '../losses/loss_label';
import { rewardScale } from '../losses/reward_scale';
import { evaluateOnTheWay } from '../record/evaluate_on_the_way';
import { runObservers } from '../record/run_observers';
import { sayBeside } from '../terminal/progress';
import type { StageObserver } from './observers';
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
  const loss = sft({ reduction: config.sft.reduction });
  const { dataset, counts } = tokenized(loss, material.feedback.train, material.tokenize);
  const recipe = recipeOf(config, config.sft, setup.isNew);
  const files = filesOfSft(run, { recipe, trained: dataset.examples.length, tokenized: counts });
  const own = { label: lossLabel(loss), folder, base, files, recipe, loss, dataset, policy: model };
  const stage = { ...own, ...lossScaleOf(run.backend, config.lossScale), shardOptimizer: config.shardOptimizer };
  await trainStage({ ...stage, decode: decoder(run), keeper }, runObservers(run, loss, model));
}

/** Trains the policy with the method that was asked for. */
export async function methodStage(run: TrainingRun, policy: CausalLM, reference: Reference): Promise<void> {
  const { request, material, setup, out: folder, base, keeper } = run;
  const { batchSize, microbatchSize, lossScale, shardOptimizer } = request.config;
  const { loss, dataset } = material;
  if (loss.wholeBatch && microbatchSize < batchSize) {
    console.log(`Batches are computed whole, ${batchSize} at once: ${loss.name} couples their examples.`);
  }
  const files = filesOfMethod(run);
  const own = { label: lossLabel(loss), folder, base, files, recipe: setup.recipe, loss, dataset };
  const stage = { ...own, ...lossScaleOf(run.backend, lossScale), shardOptimizer };
  const observers = [...runObservers(run, loss, policy), ...evaluating(run, policy, reference)];
  await trainStage({ ...stage, policy, reference, decode: decoder(run), keeper }, observers);
}

/** Figures on the way, where they were asked for. */
function evaluating(run: TrainingRun, policy: CausalLM, reference: Reference): StageObserver[] {
  const { out: folder, aside: stopwatch, material, request } = run;
  const { evaluateEvery: every } = request.config;
  if (every === undefined) return [];
  const onFigures = (step: number, figures: readonly Figure[]) => sayBeside(`  step ${step}: ${figureLine(figures)}`);
  const evaluate = async () => (await evaluateRun(run, policy, reference, { silent: true })).figures;
  return [evaluateOnTheWay({ folder, loss: material.loss.name, every, evaluate, stopwatch, onFigures })];
}

/** How a policy does on the held-out examples. */
export function evaluateRun(
  { material, request }: TrainingRun,
  policy: CausalLM,
  reference: Reference,
  { silent = false } = {},
): Promise<Measurement> {
  const { loss, weighed, heldOut } = material;
  const byScores = loss.needs?.scores === true;
  const beta = rewardScale(loss, weighed.options);
  return evaluate({ policy, reference, heldOut, byScores, beta, rowsAtOnce: request.config.microbatchSize, silent });
}

function decoder({ material }: TrainingRun): (tokens: Int32Array) => string {
  return (tokens) => material.tokenizer.tokenizer.decode(tokens, { special: true });
}
