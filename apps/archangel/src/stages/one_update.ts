import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import { adamw, type Dataset, type PlannedStep, type Reference, rmsprop, tokenBatch, train } from '@halokit/trainer';
import type { Recipe } from './recipe';
import { stagePlan } from './stage_plan';

/** What one update says of a stage. */
export interface OneUpdate {
  readonly steps: number;
  /** Of the update that was made. */
  readonly loss: number;
  readonly secondsOfOne: number;
  /** Of all updates, at its pace by tokens. */
  readonly seconds: number;
}

/**
 * Makes one update of a stage, the one with the most tokens, so that no other takes more memory by much, and scales its time
 * to the tokens of all. It compiles what later ones find compiled, and asks the reference what later epochs remember: the
 * stage will take less rather than more.
 */
export async function oneUpdate(stage: {
  readonly policy: CausalLM;
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
}): Promise<OneUpdate> {
  const { policy, dataset, recipe } = stage;
  const { learningRate, maxGradNorm, gradientCheckpointing, optimizer: name, ...walk } = recipe;
  const plan = await stagePlan(stage.loss, dataset, walk);
  const tokens = plan.steps.map((step) => tokensOf(dataset, step, policy.config.maxPositionEmbeddings));
  const most = tokens.indexOf(tokens.reduce((a, b) => Math.max(a, b), 0));
  const optimizer = name === 'adamw' ? adamw() : rmsprop();
  try {
    const one = { ...plan, steps: [plan.steps[most] as PlannedStep] };
    const options = { ...stage, plan: one, optimizer, learningRate, maxGradNorm, gradientCheckpointing };
    const { value } = await train(options).next();
    const { loss, tokens_per_second: speed } = value.metrics;
    const all = tokens.reduce((sum, count) => sum + count, 0);
    return { steps: plan.steps.length, loss, secondsOfOne: (tokens[most] as number) / speed, seconds: all / speed };
  } finally {
    optimizer.dispose();
  }
}

function tokensOf(dataset: Dataset, step: PlannedStep, maxLength: number): number {
  const { rows } = tokenBatch(dataset, step, maxLength);
  return rows.reduce((sum, { prompt, response }) => sum + prompt.length + response.length, 0);
}
