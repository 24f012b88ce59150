import { type Estimate, pairedTTest } from '@halokit/evaluation';
import { corrected } from '../../judges/paired_difference';
import { level } from '../../significance';
import type { GridResults } from '../results/grid_results';
import type { Measure } from './measures';
import { type Question, questionsOf } from './questions';
import { cellsOf, nameOf, type Which } from './which_cells';

/** A question answered over runs. */
export interface RunTest {
  readonly about: string;
  readonly of: string;
  readonly against: string;
  readonly unit: Question['unit'];
  readonly scope: string;
  /** Mean difference over the runs that have both; `n` counts these. */
  readonly estimate: Estimate;
  /** Of a paired t test over runs, and after Holm's correction for all of the report; absent for a single run. */
  readonly pValue?: number;
  readonly corrected?: number;
}

/** All tests of a report. */
export function runTests(results: GridResults): RunTest[] {
  const answered = questionsOf(results).map((question) => ({ question, ...difference(results, question) }));
  const found = answered.filter(({ estimate }) => estimate.n > 0);
  const tested = corrected(found.filter(({ estimate }) => estimate.n > 1));
  return found.map(({ question, estimate }) => {
    const { about, of, against, unit, scope } = question;
    const test = tested.find((one) => one.question === question);
    return {
      ...{ about, of: nameOf(of), against: nameOf(against), unit, scope, estimate },
      ...(test && { pValue: test.pValue, corrected: test.corrected }),
    };
  });
}

function difference(results: GridResults, { of, against, measure, models }: Question) {
  const { a, b } = pairedRuns(results, { of, against, measure, models });
  const { pValue, ...estimate } = pairedTTest({ a, b });
  return { estimate, pValue };
}

/** Values of two methods in the runs, by model and seed, that have both. */
export function pairedRuns(
  results: GridResults,
  { of, against, measure, models }: { of: Which; against: Which; measure: Measure; models: readonly string[] },
): { readonly a: number[]; readonly b: number[] } {
  const others = cellsOf(results, against, models);
  const pairs = cellsOf(results, of, models).flatMap((cell) => {
    const other = others.find(({ model, seed }) => model === cell.model && seed === cell.seed);
    const [one, two] = [measure(cell), other && measure(other)];
    return one === undefined || two === undefined ? [] : [[one, two] as const];
  });
  return { a: pairs.map(([one]) => one), b: pairs.map(([, two]) => two) };
}

/** Whether a test tells the two apart, after the correction. */
export function isTold({ corrected }: RunTest): boolean {
  return corrected !== undefined && corrected < level;
}
