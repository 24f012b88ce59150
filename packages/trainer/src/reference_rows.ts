import type { Loss } from '@halokit/losses';
import type { TokenRow } from '@halokit/models';
import type { Dataset } from './dataset';
import type { BatchPlan } from './plan';
import { tokenBatch } from './token_batch';

/**
 * The rows that training asks its reference for, step by step as it asks: those of the examples and, where the loss needs
 * them, KL rows, whose partners are in the plan. None for a loss without a reference.
 *
 * @param maxLength as `train` takes it: longest KL row in tokens
 */
export function referenceRows(
  { needs = {} }: Pick<Loss, 'needs'>,
  dataset: Dataset,
  plan: BatchPlan,
  maxLength = Number.POSITIVE_INFINITY,
): TokenRow[][] {
  if (!needs.reference) return [];
  return plan.steps.map((step) => {
    const batch = tokenBatch(dataset, step, maxLength);
    return [...batch.rows, ...((needs.kl && batch.kl) || [])];
  });
}
