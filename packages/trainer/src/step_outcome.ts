import { afterOverflow, afterStep } from './loss_scale';
import { leftOut, type NotFiniteBatch } from './not_finite';
import type { AttemptedStep } from './step';
import type { TrainOptions } from './train_options';
import type { TrainState } from './train_state';

interface StepOutcome {
  readonly state: TrainState;
  /** It was not made, because of the scale of the loss. */
  readonly overflowed?: true;
  /** The batch, where it was left out. */
  readonly notFinite?: NotFiniteBatch;
}

/** Where a run stands after a step that was made or not. @throws NotFiniteError where it must not go on */
export function stepOutcome(
  state: TrainState,
  { updated, lossState, ...batch }: NotFiniteBatch & Pick<AttemptedStep, 'updated' | 'lossState'>,
  options: TrainOptions,
): StepOutcome {
  const { step } = batch;
  const { lossScale } = state;
  if (updated) {
    const scale = lossScale && { lossScale: afterStep(lossScale) };
    return { state: { ...state, step, lossState, skipped: { ...state.skipped, inARow: 0 }, ...scale } };
  }
  // The loss itself has no scale: where it is not finite, another scale would not help.
  const smaller = lossScale && Number.isFinite(batch.metrics.loss) ? afterOverflow(lossScale) : undefined;
  if (smaller) return { state: { ...state, step, lossScale: smaller }, overflowed: true };
  return { state: leftOut(state, batch, options), notFinite: batch };
}
