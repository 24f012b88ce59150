import { type Estimate, holm, pairedBootstrap, signTest, type WinRate } from '@halokit/evaluation';
import { type Judged, pointsOf } from './judged';
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
  const all = [...direct, ...paired];
  const corrected = holm(all.map(({ pValue }) => pValue));
  return all.map((comparison, i) => ({ ...comparison, corrected: corrected[i] as number }));
}

function differenceOf(a: JudgedModel, b: JudgedModel, seed: number): Omit<Comparison, 'corrected'>[] {
  const [ofA, ofB] = [pointsByPrompt(a), pointsByPrompt(b)];
  const both = [...ofA.keys()].filter((id) => ofB.has(id));
  if (both.length < 2) return [];
  const points = (of: ReadonlyMap<string, number>) => both.map((id) => of.get(id) as number);
  const { pValue, ...estimate } = pairedBootstrap({ a: points(ofA), b: points(ofB), seed });
  return [{ of: a.label, against: b.label, estimate, test: 'paired bootstrap', pValue }];
}

/** A prompt that was answered several times has the mean. */
function pointsByPrompt({ pairs, result }: JudgedModel): Map<string, number> {
  const all = new Map<string, number[]>();
  pointsOf(result).forEach((points, i) => {
    const { id } = (pairs.pairs[i] as Pairs['pairs'][number]).candidate;
    if (points !== undefined) all.set(id, [...(all.get(id) ?? []), points]);
  });
  return new Map([...all].map(([id, list]) => [id, list.reduce((sum, x) => sum + x, 0) / list.length]));
}
