import { type Estimate, holm, pairedBootstrap } from '@halokit/evaluation';
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

/** What is called significant, after the correction. */
export const level = 0.05;

/** Resamples repeat with the report. */
const seed = 1;

/**
 * Every judging, and every two models that one judge held against one baseline, with p-values corrected for how many they are
 * (Holm).
 */
export function comparisonsOf(judged: readonly Judged[]): Comparison[] {
  const all = [...judged.map(direct), ...judged.flatMap((a, i) => judged.slice(i + 1).flatMap((b) => paired(a, b)))];
  const corrected = holm(all.map(({ pValue }) => pValue));
  return all.map((comparison, i) => ({ ...comparison, corrected: corrected[i] as number }));
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
  const [ofA, ofB] = [pointsOf(a), pointsOf(b)];
  const both = [...ofA.keys()].filter((id) => ofB.has(id));
  if (both.length < 2) return [];
  const [x, y] = [ofA, ofB].map((points) => both.map((id) => points.get(id) as number)) as [number[], number[]];
  const { pValue, ...estimate } = pairedBootstrap({ a: x, b: y, seed });
  const models = { of: a.candidate, against: b.candidate };
  return [{ kind: 'paired', ...models, judge, baseline, estimate, test: 'paired bootstrap', pValue }];
}

const worth = { win: 1, tie: 0.5, loss: 0 } as const;

/** What each prompt was worth to the candidate: 1, 1/2 or 0, a mean where it was asked more than once. */
function pointsOf({ pairs }: Judged): Map<string, number> {
  const points = new Map<string, number[]>();
  for (const { id, outcome } of pairs) {
    if (outcome !== 'unparsable') points.set(id, [...(points.get(id) ?? []), worth[outcome]]);
  }
  return new Map([...points].map(([id, all]) => [id, all.reduce((sum, point) => sum + point, 0) / all.length]));
}
