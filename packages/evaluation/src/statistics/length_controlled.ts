import { InputError } from '../input_error';
import { normalCriticalValue } from './critical_values';
import { firthLogistic } from './firth_logistic';
import type { Estimate } from './interval';
import { wilson } from './wilson';

/** Of every prompt that was judged, in the same order. */
export interface LengthControlledOptions {
  /** The candidate's points: 1 for a win, 1/2 for a tie, 0 for a loss. */
  readonly outcomes: readonly number[];
  readonly candidateTokens: readonly number[];
  readonly baselineTokens: readonly number[];
}

/**
 * Win rate were both responses as long: what is left of it when a judge's liking for length is taken out. A logistic
 * regression of the outcome on the difference of lengths d, in tokens, read off at d = 0:
 *
 *     logit P(win) = a + b tanh(d / sd(d)),   rate = 1 / (1 + exp(-a))
 *
 * Firth's penalty keeps the fit finite where length alone tells wins from losses. The 95 % interval is a -+ z se(a), taken
 * through the same curve; ties vary less than the fit supposes, so it is then a little too wide. Where every pair is as
 * long it is the win rate itself, with Wilson's interval; where nothing tells length from quality (all differ by
 * about the same many tokens, say), so that the interval would hold all but everything, it is not a number, between 0 and 1.
 *
 * @throws InputError for lists of different lengths, points outside [0, 1], or a length that is not finite
 *
 * Source: Dubois et al., "Length-Controlled AlpacaEval", 2024, for two models and without its term for the difficulty of
 * an instruction, which needs many models; Firth, "Bias Reduction of Maximum Likelihood Estimates", 1993.
 */
export function lengthControlled(options: LengthControlledOptions): Estimate {
  const { outcomes } = options;
  const differences = differencesOf(options);
  const n = outcomes.length;
  if (differences.every((d) => d === 0)) return wilson(sumOf(outcomes), n);
  const mean = sumOf(differences) / n;
  const sd = Math.sqrt(sumOf(differences.map((d) => (d - mean) ** 2)) / n);
  const x = differences.map((d) => Math.tanh(d / sd));
  const unknown = { value: Number.NaN, low: 0, high: 1, n };
  if (Math.max(...x) - Math.min(...x) < 1e-9) return unknown;
  const { logit, variance } = firthLogistic(x, outcomes);
  const spread = normalCriticalValue(0.95) * Math.sqrt(variance);
  const rate = (at: number) => 1 / (1 + Math.exp(-at));
  const [value, low, high] = [rate(logit), rate(logit - spread), rate(logit + spread)];
  return high - low > 0.99 ? unknown : { value, low, high, n };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0);
}

function differencesOf({ outcomes, candidateTokens, baselineTokens }: LengthControlledOptions): number[] {
  const n = outcomes.length;
  if (candidateTokens.length !== n || baselineTokens.length !== n) {
    throw new InputError(
      `${n} outcomes, ${candidateTokens.length} lengths of candidates and ${baselineTokens.length} of baselines: give one of each.`,
    );
  }
  return outcomes.map((points, i) => {
    if (!(points >= 0 && points <= 1)) throw new InputError(`Outcome ${i} is ${points}: give points from 0 to 1.`);
    const difference = (candidateTokens[i] as number) - (baselineTokens[i] as number);
    if (!Number.isFinite(difference)) {
      throw new InputError(`Prompt ${i} has lengths of ${candidateTokens[i]} and ${baselineTokens[i]}: give tokens.`);
    }
    return difference;
  });
}
