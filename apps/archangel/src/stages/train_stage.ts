import { join } from 'node:path';
import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import { saveAdapter, saveCheckpoint } from '@halokit/models/node';
import { adamw, type Dataset, type Reference, rmsprop, train, warmupConstant, warmupCosine } from '@halokit/trainer';
import { openMetricsFile } from '@halokit/trainer/node';
import type { StageObserver } from './observers';
import type { Recipe } from './recipe';
import { writeWhole } from './run_folder';
import { stagePlan } from './stage_plan';

export interface Stage {
  /** Where its metrics, plan and model go. */
  readonly folder: string;
  readonly policy: CausalLM;
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  /** What an adapter of the policy stands on, for whoever loads it: a folder, or a name on the hub. */
  readonly base?: string;
  /** Files to keep beside the weights: the tokenizer's. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Trains a policy before its observers' eyes, and leaves `LOSS-metrics.jsonl`, `LOSS-plan.json` and a checkpoint in `LOSS/`: of a
 * policy with an adapter the merged model, and the adapter in `adapter/` there.
 */
export async function trainStage(stage: Stage, observers: readonly StageObserver[]): Promise<void> {
  const { folder, policy, reference, loss, dataset, recipe, base, files } = stage;
  const {
    learningRate,
    maxGradNorm,
    gradientCheckpointing,
    optimizer: name,
    warmupSteps,
    schedule: shape,
    ...walk
  } = recipe;
  const plan = await stagePlan(loss, dataset, walk);
  const steps = plan.steps.length;
  await writeWhole(join(folder, `${loss.name}-plan.json`), JSON.stringify(plan));
  const optimizer = name === 'adamw' ? adamw() : rmsprop();
  const warmup = warmupSteps ?? Math.min(150, Math.floor(steps / 10));
  const schedule = shape === 'cosine' ? warmupCosine(warmup) : warmupConstant(warmup);
  const metricsFile = await openMetricsFile(join(folder, `${loss.name}-metrics.jsonl`));
  let finished = false;
  try {
    for (const observer of observers) await observer.begin?.(steps, 0);
    for await (const event of train({
      policy,
      reference,
      loss,
      dataset,
      plan,
      optimizer,
      learningRate,
      schedule,
      maxGradNorm,
      gradientCheckpointing,
    })) {
      await metricsFile.append(event);
      for (const observer of observers) await observer.onStep?.(event);
    }
    finished = true;
  } finally {
    for (const observer of observers) await observer.end?.(finished);
    optimizer.dispose();
    await metricsFile.close();
  }
  await saveCheckpoint(policy, join(folder, loss.name), { files });
  if (policy.adapter) await saveAdapter(policy, join(folder, loss.name, 'adapter'), { base });
}
