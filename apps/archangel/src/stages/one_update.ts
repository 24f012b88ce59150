import type { Loss } from '@halokit/losses';
import type { CausalLM, TokenRow } from '@halokit/models';
import {
  type BatchPlan,
  type Dataset,
  type PlannedStep,
  type Reference,
  referenceRows,
  tokenBatch,
  train,
} from '@halokit/trainer';
import { currentRanks } from '../ranks/ranks';
import type { Recipe } from './recipe';
import { stageOptimizer } from './stage_optimizer';
import { stagePlan } from './stage_plan';

export interface UpdatedStage {
  readonly policy: CausalLM;
  /** Has to remember what it answers. */
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  /** Whether several ranks divide the optimiser's state among them. */
  readonly shardOptimizer: boolean;
  /** The reference has answered everything, and is not asked again. */
  readonly onAnswered?: () => void;
}

/** What one update says of a stage. */
export interface OneUpdate {
  readonly steps: number;
  /** Of the update that was made. */
  readonly loss: number;
  readonly secondsOfOne: number;
  /** Of all updates, at its pace by tokens. */
  readonly seconds: number;
  /** Of the reference's answers to all rows, at its pace by tokens on those of the update; 0 where none is needed. */
  readonly secondsOfReference: number;
}

/**
 * Makes one update of a stage, the one with the most tokens, so that no other takes more memory by much, and scales its time
 * to the tokens of all; several ranks make it together. It compiles what later ones find compiled: the stage will take less rather than more.
 */
export async function oneUpdate(stage: UpdatedStage): Promise<OneUpdate> {
  const { policy, dataset, recipe } = stage;
  const { learningRate, maxGradNorm, gradientCheckpointing, optimizer: _, ...walk } = recipe;
  const plan = await stagePlan(stage.loss, dataset, walk);
  const tokens = plan.steps.map((step) =>
    tokensOf(tokenBatch(dataset, step, policy.config.maxPositionEmbeddings).rows),
  );
  const most = tokens.indexOf(tokens.reduce((a, b) => Math.max(a, b), 0));
  const one = { ...plan, steps: [plan.steps[most] as PlannedStep] };
  const secondsOfReference = await referenceSeconds(stage, plan, one);
  const optimizer = stageOptimizer(recipe, stage.shardOptimizer);
  try {
    const { communicator } = currentRanks();
    const options = { ...stage, plan: one, optimizer, learningRate, maxGradNorm, gradientCheckpointing, communicator };
    const { value } = await train(options).next();
    const { loss, tokens_per_second: speed } = value.metrics;
    const [ofOne, all] = [tokens[most] as number, tokens.reduce((sum, count) => sum + count, 0)];
    return { steps: plan.steps.length, loss, secondsOfOne: ofOne / speed, seconds: all / speed, secondsOfReference };
  } finally {
    optimizer.dispose();
  }
}

/** Asks the reference what the update will want to know, and scales the time to every row of the plan, each once. */
async function referenceSeconds(
  { policy, reference, loss, dataset, onAnswered }: UpdatedStage,
  plan: BatchPlan,
  one: BatchPlan,
): Promise<number> {
  const rowsOf = (some: BatchPlan) => referenceRows(loss, dataset, some, policy.config.maxPositionEmbeddings).flat();
  const asked = rowsOf(one);
  if (!reference || asked.length === 0) return 0;
  const started = performance.now();
  await reference.logps(asked);
  const seconds = (performance.now() - started) / 1000;
  onAnswered?.();
  const distinct = new Map(rowsOf(plan).map((row) => [`${row.prompt}|${row.response}`, row]));
  return (seconds * tokensOf([...distinct.values()])) / tokensOf(asked);
}

function tokensOf(rows: readonly TokenRow[]): number {
  return rows.reduce((sum, { prompt, response }) => sum + prompt.length + response.length, 0);
}
