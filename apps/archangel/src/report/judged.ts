import { type Estimate, signTest, wilson } from '@halokit/evaluation';
import type { ReadJudging } from './read_run';
import { modelLabel, namedModel, type ReportRun } from './report_run';
import type { JudgedFacts, Judgment } from './run_schemas';

/** A model's answers held against a baseline's by a judge. */
export interface Judged {
  readonly candidate: string;
  /** A model's name, or `target`: the response that the set prefers. */
  readonly baseline: string;
  readonly judge: string;
  readonly question?: string;
  readonly counts: JudgedFacts['counts'];
  /** Share won, a tie counting half; what could not be parsed is left out. */
  readonly rate: Estimate;
  readonly rateWithoutTies: Estimate;
  readonly lengthControlled?: Estimate;
  readonly meanTokens?: JudgedFacts['meanTokens'];
  readonly cost?: JudgedFacts['cost'];
  /** Whether its figures were written, at its end. */
  readonly finished: boolean;
  /** Of the sign test: exact, two-sided, ties left out. */
  readonly pValue: number;
  readonly pairs: readonly Judgment[];
  /** Where the pairs are from. */
  readonly file: string;
}

export function judgedOf(runs: readonly ReportRun[]): Judged[] {
  return runs.flatMap((run) => run.judgings.map((judging) => judgedFrom(run, judging, runs)));
}

function judgedFrom(run: ReportRun, { method, file, facts, pairs }: ReadJudging, runs: readonly ReportRun[]): Judged {
  const counts = facts?.counts ?? countsOf(pairs);
  const { win, tie, loss } = counts;
  const rest = /-judgments-(.*)\.jsonl$/.exec(file)?.[1] ?? '';
  const isTarget = rest.startsWith('target-');
  const baseline = facts?.baseline ?? (isTarget ? 'target' : undefined);
  return {
    candidate: modelLabel(run, method),
    baseline: baseline === undefined ? rest : baseline === 'target' ? 'target' : namedModel(baseline, runs),
    judge: facts?.judge.name ?? (isTarget ? rest.slice('target-'.length) : 'a judge that is not named'),
    question: questionOf(facts?.judge.question),
    counts,
    rate: facts?.rate ?? wilson(win + tie / 2, win + tie + loss),
    rateWithoutTies: facts?.rateWithoutTies ?? wilson(win, win + loss),
    lengthControlled: facts?.lengthControlled,
    meanTokens: facts?.meanTokens,
    cost: facts?.cost,
    finished: facts !== undefined,
    pValue: signTest({ wins: win, losses: loss }),
    pairs,
    file,
  };
}

/** Whether the judge preferred the same place in both orders. */
export function isOrderDependent({ ahead, behind }: Judgment): boolean {
  return ahead.verdict === behind.verdict && (ahead.verdict === 'first' || ahead.verdict === 'second');
}

function countsOf(pairs: readonly Judgment[]): JudgedFacts['counts'] {
  const of = (outcome: string) => pairs.filter((pair) => pair.outcome === outcome).length;
  const orderDependent = pairs.filter(isOrderDependent).length;
  return { win: of('win'), tie: of('tie'), loss: of('loss'), unparsable: of('unparsable'), orderDependent };
}

/** A question's name and the beginning of its hash, however they stand in the file. */
function questionOf(question: unknown): string | undefined {
  if (typeof question === 'string') return question;
  const { name, file, sha256 } = (question ?? {}) as Record<string, unknown>;
  const said = [name ?? file, typeof sha256 === 'string' ? sha256.slice(0, 8) : undefined];
  return said.filter((part) => typeof part === 'string').join(', sha256 ') || undefined;
}
