import { InputError } from './input_error';

/**
 * What the loss is multiplied by before its gradient is taken, so that small gradients do not vanish in float16; gradients
 * are divided by it in float32, before they are clipped. `dynamic` finds it: see `DynamicScale`.
 */
export type LossScale = number | 'dynamic';

/**
 * Where a dynamic scale stands. A step whose gradient is not finite is not made, and halves the scale; `interval` steps that
 * were made in a row double it.
 *
 * Source: torch.amp.GradScaler, whose settings these are; and Micikevicius et al., "Mixed Precision Training", 2018.
 */
export interface DynamicScale {
  readonly scale: number;
  /** Steps made since the scale last changed. */
  readonly steady: number;
  /** Steps not made because of the scale, in all. */
  readonly skipped: number;
}

const first = 2 ** 16;
/** A gradient that is too large without a scale is none that a scale can help. */
const least = 1;
const interval = 2000;

/** @throws InputError for a scale that is no positive number */
export function checkLossScale(lossScale: LossScale | undefined): void {
  if (lossScale === undefined || lossScale === 'dynamic') return;
  if (!(Number.isFinite(lossScale) && lossScale > 0)) {
    throw new InputError(`lossScale is ${lossScale}: give a positive number, or 'dynamic'.`);
  }
}

/** Of a run that has not begun. */
export function freshScale(): DynamicScale {
  return { scale: first, steady: 0, skipped: 0 };
}

/** After a step that was made. */
export function afterStep({ scale, steady, skipped }: DynamicScale): DynamicScale {
  const grown = steady + 1 === interval;
  return { scale: grown ? 2 * scale : scale, steady: grown ? 0 : steady + 1, skipped };
}

/** After a step whose gradient was not finite; undefined where the scale is not what makes it so. */
export function afterOverflow({ scale, skipped }: DynamicScale): DynamicScale | undefined {
  if (scale <= least) return undefined;
  return { scale: Math.max(least, scale / 2), steady: 0, skipped: skipped + 1 };
}
