import { join } from 'node:path';
import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import { saveCheckpoint } from '@halokit/models/node';
import {
  adamw,
  type Dataset,
  planBatches,
  type Reference,
  rmsprop,
  train,
  warmupConstant,
  warmupCosine,
} from '@halokit/trainer';
import { openMetricsFile } from '@halokit/trainer/node';
import { progress } from '../terminal/progress';
import { writeWhole } from './run_folder';

/** How a stage walks through its data and moves the weights. */
export interface Recipe {
  readonly seed: number;
  readonly batchSize: number;
  readonly microbatchSize: number;
  readonly microbatchTokens?: number;
  readonly epochs: number;
  readonly maxSteps?: number;
  readonly learningRate: number;
  /** Default: 150, at most a tenth of all updates. */
  readonly warmupSteps?: number;
  /** After the warm-up: the full rate to the end, or half a cosine down to 0. */
  readonly schedule: 'constant' | 'cosine';
  readonly optimizer: 'rmsprop' | 'adamw';
  readonly maxGradNorm: number;
}

export interface Stage {
  /** Its name for the person: `KTO`. */
  readonly label: string;
  /** Where its metrics, plan and model go. */
  readonly folder: string;
  readonly policy: CausalLM;
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  /** Files to keep beside the weights: the tokenizer's. */
  readonly files: Readonly<Record<string, string>>;
}

/** Trains a policy, shows how it goes, and leaves `metrics.jsonl`, `plan.json` and a checkpoint in `model/`. */
export async function trainStage({
  label,
  folder,
  policy,
  reference,
  loss,
  dataset,
  recipe,
  files,
}: Stage): Promise<void> {
  const { learningRate, maxGradNorm, optimizer: name, warmupSteps, schedule: shape, ...walk } = recipe;
  const { kl, groups } = loss.needs ?? {};
  // A loss that couples a batch's examples cannot be computed in parts.
  const parts = loss.wholeBatch ? { microbatchSize: walk.batchSize, microbatchTokens: undefined } : {};
  const plan = await planBatches(dataset, { ...walk, ...parts, kl: kl === true, groups });
  const steps = plan.steps.length;
  await writeWhole(join(folder, `${loss.name}-plan.json`), JSON.stringify(plan));
  const optimizer = name === 'adamw' ? adamw() : rmsprop();
  const warmup = warmupSteps ?? Math.min(150, Math.floor(steps / 10));
  const schedule = shape === 'cosine' ? warmupCosine(warmup) : warmupConstant(warmup);
  const metricsFile = await openMetricsFile(join(folder, `${loss.name}-metrics.jsonl`));
  const bar = progress(label, steps);
  try {
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
    })) {
      await metricsFile.append(event);
      bar.update(event.step, `loss ${event.metrics.loss.toFixed(3)}`);
    }
    bar.end();
  } catch (error) {
    bar.stop();
    throw error;
  } finally {
    optimizer.dispose();
    await metricsFile.close();
  }
  await saveCheckpoint(policy, join(folder, loss.name), { files });
}
