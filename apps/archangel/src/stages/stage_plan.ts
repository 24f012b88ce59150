import type { Loss } from '@halokit/losses';
import { type BatchPlan, type Dataset, type PlanSettings, planBatches } from '@halokit/trainer';

/** How a stage walks through its data. */
export type Walk = Omit<PlanSettings, 'kl' | 'groups' | 'wholeBatch'>;

/** Every batch of a stage: what its loss needs of them is in the plan. */
export async function stagePlan({ needs = {}, wholeBatch }: Loss, dataset: Dataset, walk: Walk): Promise<BatchPlan> {
  return planBatches(dataset, { ...walk, kl: needs.kl === true, groups: needs.groups, wholeBatch });
}
