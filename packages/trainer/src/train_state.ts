import { type DynamicScale, freshScale } from './loss_scale';
import type { TrainOptions } from './train_options';

/**
 * Where a run stands between two steps, as plain data: with the policy's weights and the optimiser's state all that it takes
 * to go on as if it had never stopped. Every step's event has one.
 */
export interface TrainState {
  /** Planned steps that are behind: the index of the next one. */
  readonly step: number;
  /** What the loss carries from step to step. */
  readonly lossState: unknown;
  /** What every learning rate is multiplied by: 1, until `onNotFinite: 'lower'` has halved it. */
  readonly rateScale: number;
  /** Steps that were left out because their numbers were not finite. */
  readonly skipped: { readonly total: number; readonly inARow: number };
  /** Where the scale of the loss stands, if it is dynamic. */
  readonly lossScale?: DynamicScale;
}

/** That of `from`, or of a run that has not begun. */
export function stateToBegin({ from, loss, lossScale }: Pick<TrainOptions, 'from' | 'loss' | 'lossScale'>): TrainState {
  const fresh = { step: 0, lossState: loss.initialState, rateScale: 1, skipped: { total: 0, inARow: 0 } };
  const { lossScale: known = freshScale(), ...state }: TrainState = from ?? fresh;
  return lossScale === 'dynamic' ? { ...state, lossScale: known } : state;
}
