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
}

/** Of a run that has not begun. */
export function freshState(lossState: unknown): TrainState {
  return { step: 0, lossState, rateScale: 1, skipped: { total: 0, inARow: 0 } };
}
