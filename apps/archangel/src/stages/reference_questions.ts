import type { TokenRow } from '@halokit/models';
import { referenceRows } from '@halokit/trainer';
import { heldOutRows } from '../held_out/held_out_examples';
import { stagePlan } from './stage_plan';
import type { RunPlan } from './training_run';

/** Held-out rows that are asked for at once; even, so that pairs stay together. */
const heldOutAtOnce = 256;

/**
 * Every row that the method and the evaluation ask the reference for, in the lists in which they ask: the order decides with
 * which others a row is computed, and so its last digits.
 */
export async function referenceQuestions(
  { material, setup }: Pick<RunPlan, 'material' | 'setup'>,
  context: number,
): Promise<TokenRow[][]> {
  const { loss, dataset, heldOut } = material;
  const plan = await stagePlan(loss, dataset, setup.recipe);
  const rows = heldOutRows(heldOut, loss.needs?.scores === true);
  const measured = Array.from({ length: Math.ceil(rows.length / heldOutAtOnce) }, (_, i) =>
    rows.slice(i * heldOutAtOnce, (i + 1) * heldOutAtOnce),
  );
  return [...referenceRows(loss, dataset, plan, context), ...measured];
}
