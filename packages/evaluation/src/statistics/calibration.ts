import { InputError } from '../input_error';
import { equalParts } from './equal_parts';
import type { Estimate } from './interval';
import { wilson } from './wilson';

/** Predictions next to each other in size, and what became of them. */
export interface CalibrationBin {
  /** The smallest and the largest prediction. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean prediction. */
  readonly predicted: number;
  /** Share that came true, with Wilson's interval. */
  readonly observed: Estimate;
}

export interface Calibration {
  /** From the lowest predictions to the highest, of as equal count as equal predictions allow. */
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: mean over predictions of |predicted - observed| of their bin. */
  readonly expectedError: number;
  /** Brier score: mean of (prediction - outcome)^2; 1/4 for always saying 1/2. */
  readonly brier: number;
}

export interface CalibrationOptions {
  /** Probabilities that were predicted. */
  readonly predicted: readonly number[];
  /** 1 for what came true, 0 for what did not; 1/2 for a tie, which counts as each half the time. */
  readonly outcomes: readonly number[];
  /** At most; by default 10, or fewer where a bin would have fewer than 25 predictions. */
  readonly bins?: number;
}

/**
 * Whether what is predicted with probability p comes true that often. Bins have equal counts, as equal widths would leave
 * most of them empty. The expected error of few predictions is above 0 even where they are right, for shares scatter: read
 * it beside the bins' intervals. Without predictions both scores are not a number.
 *
 * @throws InputError for lists of different lengths, or a number outside [0, 1]
 *
 * Source: Brier, "Verification of Forecasts Expressed in Terms of Probability", 1950; Naeini, Cooper and Hauskrecht,
 * "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015; Guo et al., "On Calibration of Modern Neural
 * Networks", 2017.
 */
export function calibration({ predicted, outcomes, ...options }: CalibrationOptions): Calibration {
  const n = predicted.length;
  check(predicted, outcomes);
  const { bins: most = Math.min(10, Math.max(1, Math.floor(n / 25))) } = options;
  const bins = equalParts(predicted, most).map(({ low, high, places }): CalibrationBin => {
    const sumOf = (values: readonly number[]) => places.reduce((sum, i) => sum + (values[i] as number), 0);
    const count = places.length;
    return { low, high, n: count, predicted: sumOf(predicted) / count, observed: wilson(sumOf(outcomes), count) };
  });
  const brier = predicted.reduce((sum, p, i) => {
    const y = outcomes[i] as number;
    return sum + y * (1 - p) ** 2 + (1 - y) * p ** 2;
  }, 0);
  const error = bins.reduce((sum, bin) => sum + bin.n * Math.abs(bin.predicted - bin.observed.value), 0);
  return { bins, expectedError: error / n, brier: brier / n };
}

/**
 * The same of rewards on pairs. By Bradley and Terry's model the side with the higher reward is the preferred one with
 * probability sigma(|margin|), from 1/2 up; how often it is so is observed, equal rewards counting half.
 *
 * @param margins reward(chosen) - reward(rejected), one a pair
 * @throws InputError for a margin that is not a number
 */
export function marginCalibration(margins: readonly number[], options: { readonly bins?: number } = {}): Calibration {
  const predicted = margins.map((margin) => 1 / (1 + Math.exp(-Math.abs(margin))));
  const outcomes = margins.map((margin) => (margin > 0 ? 1 : margin < 0 ? 0 : 0.5));
  return calibration({ predicted, outcomes, ...options });
}

function check(predicted: readonly number[], outcomes: readonly number[]): void {
  if (outcomes.length !== predicted.length) {
    throw new InputError(`${predicted.length} predictions and ${outcomes.length} outcomes: give one of each.`);
  }
  for (const [name, values] of Object.entries({ Prediction: predicted, Outcome: outcomes })) {
    values.forEach((value, i) => {
      if (!(value >= 0 && value <= 1)) throw new InputError(`${name} ${i} is ${value}: give a number from 0 to 1.`);
    });
  }
}
