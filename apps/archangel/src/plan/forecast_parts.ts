import { type PassShape, passShape, streamedPasses, type TokenRow } from '@halokit/models';
import {
  estimateSteps,
  estimateStreamedPass,
  type PeakMemory,
  type PlannedStep,
  referenceRows,
  type StepPasses,
  stepPasses,
  type TrainingFacts,
  tokenBatch,
} from '@halokit/trainer';
import { stagePlan } from '../stages/stage_plan';
import type { Intent } from './intent';

/** What the estimates are told of the method's steps. */
export function factsOf(intent: Intent): TrainingFacts {
  const { config, loss, optimizer, adapter, gradientCheckpointing, storage, copyStorage, onGpu } = intent;
  const { ranks, shardOptimizer } = intent;
  return {
    ...{ config, loss, adapter, gradientCheckpointing, storage, copyStorage, onGpu },
    slots: optimizer === 'adamw' ? 2 : 1,
    ...(shardOptimizer && { shards: ranks }),
    // With a loss that needs no reference, too: it is what the trained model is compared with.
    copy: !intent.streamed && !intent.askedBefore,
  };
}

/** The passes of a step, or of one rank's share of it. */
export function passesOfStep(intent: Intent, step: PlannedStep): StepPasses {
  const { loss, dataset, config, rowsAtOnce, ranks = 1, walk } = intent;
  const batch = tokenBatch(dataset, step, config.maxPositionEmbeddings);
  const limits = { groups: walk.microbatchSize, tokens: walk.microbatchTokens };
  const sharing = ranks > 1 ? { ranks, limits, config } : undefined;
  // In later epochs the reference's answers are remembered.
  return stepPasses(loss, batch, step.microbatches, step.epoch === 0 && { rowsAtOnce }, sharing);
}

export function referencesOf(steps: readonly StepPasses[]): PassShape[] {
  return steps.flatMap(({ reference }) => reference);
}

/** What a streamed reference takes: all rows of the plan go through it together. */
export async function streamedMemory(intent: Intent): Promise<PeakMemory> {
  const { loss, config, rowsAtOnce, all: dataset = intent.dataset } = intent;
  const plan = await stagePlan(loss, dataset, intent.walk);
  const once = new Map<string, TokenRow>();
  for (const row of referenceRows(loss, dataset, plan, config.maxPositionEmbeddings).flat()) {
    once.set(`${row.prompt}|${row.response}`, row);
  }
  const rows = [...once.values()];
  const shape = (places: readonly number[]) => passShape(places.map((place) => rows[place] as TokenRow));
  const readings = streamedPasses(rows, config, { rowsAtOnce }).map((passes) => passes.map(shape));
  return estimateStreamedPass(factsOf(intent), readings).memory;
}

/** What SFT takes before the method, on some of the same rows and with nothing beside the model. */
export function sftMemory(
  intent: Intent,
  { optimizer, adapter }: NonNullable<Intent['first']>,
  steps: readonly StepPasses[],
): PeakMemory {
  const training = steps.map((step) => ({ ...step, reference: [], policy: [] }));
  return estimateSteps({ ...factsOf({ ...intent, optimizer, adapter }), loss: {}, copy: false }, training).memory;
}
