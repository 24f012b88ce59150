import type { Loss } from '@halokit/losses';
import { type BatchPlan, type Dataset, type PlanSettings, planBatches } from '@halokit/trainer';

/** How a stage walks through its data. */
export type Walk = Omit<PlanSettings, 'kl' | 'groups'>;

/** Every batch of a stage: what its loss needs of them is in the plan. */
export async function stagePlan({ needs = {}, wholeBatch }: Loss, dataset: Dataset, walk: Walk): Promise<BatchPlan> {
  // A loss that couples a batch's examples cannot be computed in parts.
  const parts = wholeBatch ? { microbatchSize: walk.batchSize, microbatchTokens: undefined } : {};
  return planBatches(dataset, { ...walk, ...parts, kl: needs.kl === true, groups: needs.groups });
}
