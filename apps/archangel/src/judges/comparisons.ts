import { type Estimate, type Outcome, signTest, type WinRate } from '@halokit/evaluation';
import type { Judged } from './judged';
import { corrected, type PromptOutcome, pairedDifference } from './paired_difference';
import type { Pairs } from './pairs';

/** A model that was judged. */
export interface JudgedModel {
  /** Its name among those that are judged with it. */
  readonly label: string;
  readonly pairs: Pairs;
  readonly result: WinRate;
  readonly judged: Judged;
}

/** A question that the judgments answer, with its test. */
export interface Comparison {
  readonly of: string;
  readonly against: string;
  /** Of the sign test the share won, of the paired bootstrap the difference of two such shares. */
  readonly estimate: Estimate;
  readonly test: 'sign test' | 'paired bootstrap';
  readonly pValue: number;
  /** After Holm's correction for all of these comparisons. */
  readonly corrected: number;
}

/**
 * Every model against what all were held against, and every two of them on the prompts that both were judged on, with
 * p-values corrected for how many comparisons these are.
 *
 * @param baseline its name
 * @param seed of the bootstrap
 */
export function comparisonsOf(models: readonly JudgedModel[], baseline: string, seed: number): Comparison[] {
  const direct = models.map(({ label, result }) => {
    const pValue = signTest(result);
    return { of: label, against: baseline, estimate: result.rate, test: 'sign test', pValue } as const;
  });
  const paired = models.flatMap((a, i) => models.slice(i + 1).flatMap((b) => differenceOf(a, b, seed)));
  return corrected([...direct, ...paired]);
}

function differenceOf(a: JudgedModel, b: JudgedModel, seed: number): Omit<Comparison, 'corrected'>[] {
  const difference = pairedDifference(outcomesOf(a), outcomesOf(b), seed);
  return difference ? [{ of: a.label, against: b.label, test: 'paired bootstrap', ...difference }] : [];
}

function outcomesOf({ pairs, result }: JudgedModel): PromptOutcome[] {
  return pairs.pairs.map(({ candidate }, i) => [candidate.id, result.outcomes[i] as Outcome]);
}
