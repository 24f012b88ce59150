import type { Estimate } from '@halokit/evaluation';
import { corrected, type PromptOutcome, pairedDifference } from '../judges/paired_difference';
import type { Judged } from './judged';

/** A question that the judgments answer, with its test. */
export interface Comparison {
  /** `judged`: answers held against each other. `paired`: two models, each held against the same baseline on the same prompts. */
  readonly kind: 'judged' | 'paired';
  readonly of: string;
  readonly against: string;
  readonly judge: string;
  /** Against what both of `paired` were held. */
  readonly baseline: string;
  /** `judged`: the share won. `paired`: the difference of two such shares. */
  readonly estimate: Estimate;
  readonly test: 'sign test' | 'paired bootstrap';
  readonly pValue: number;
  /** The p-value after Holm's correction for all comparisons of the report. */
  readonly corrected: number;
}

/** Resamples repeat with the report. */
const seed = 1;

/**
 * Every judging, and every two models that one judge held against one baseline, with p-values corrected for how many they are
 * (Holm).
 */
export function comparisonsOf(judged: readonly Judged[]): Comparison[] {
  return corrected([
    ...judged.map(direct),
    ...judged.flatMap((a, i) => judged.slice(i + 1).flatMap((b) => paired(a, b))),
  ]);
}

type Uncorrected = Omit<Comparison, 'corrected'>;

function direct({ candidate, baseline, judge, rate, pValue }: Judged): Uncorrected {
  return {
    kind: 'judged',
    of: candidate,
    against: baseline,
    judge,
    baseline,
    estimate: rate,
    test: 'sign test',
    pValue,
  };
}

function paired(a: Judged, b: Judged): Uncorrected[] {
  const { judge, baseline, question } = a;
  const alike = b.judge === judge && b.baseline === baseline && b.question === question;
  if (!alike || a.candidate === b.candidate) return [];
  const difference = pairedDifference(outcomesOf(a), outcomesOf(b), seed);
  const models = { of: a.candidate, against: b.candidate };
  return difference ? [{ kind: 'paired', ...models, judge, baseline, test: 'paired bootstrap', ...difference }] : [];
}

function outcomesOf({ pairs }: Judged): PromptOutcome[] {
  return pairs.map(({ id, outcome }) => [id, outcome]);
}
