import type { Calibration } from '@halokit/evaluation';
import type { Evaluation } from './evaluation';
import type { Figure } from './figure';
import { measureDemonstrations } from './measure_demonstrations';
import { measurePairs } from './measure_pairs';
import { measureThumbs } from './measure_thumbs';
import { type Measured, type Slice, slicesOf } from './slices';

/** Everything that is said of a policy on held-out examples. */
export interface Measurement {
  /** Of all of them. */
  readonly figures: readonly Figure[];
  /** Of some. */
  readonly slices: readonly Slice[];
  /** Of pairs: whether the preferred side has the higher reward as often as the margin promises. */
  readonly calibration?: Calibration;
}

/**
 * What can be said of a policy on examples it was not trained on. Its reward is the implied one, beta times the log-ratio to
 * the model it started from, or a reward head's score.
 *
 *     pairs            how well the reward tells chosen from rejected, beside the rule "the shorter answer wins"
 *     thumbs           the area under the ROC curve, and the mean reward of either class
 *     demonstrations   the loss per token, before and after
 */
export async function evaluate(evaluation: Evaluation): Promise<Measurement> {
  const { heldOut } = evaluation;
  const measured = await measure(evaluation);
  const { calibration } = measured;
  return {
    figures: measured.figuresOf([...heldOut.examples.keys()]),
    slices: slicesOf(measured, heldOut.sets),
    ...(calibration && { calibration }),
  };
}

function measure(evaluation: Evaluation): Promise<Measured & { readonly calibration?: Calibration }> {
  const { heldOut } = evaluation;
  switch (heldOut.kind) {
    case 'demonstrations':
      return measureDemonstrations(evaluation, heldOut.examples);
    case 'preferences':
      return measurePairs(evaluation, heldOut.examples);
    case 'binary':
      return measureThumbs(evaluation, heldOut.examples);
  }
}
