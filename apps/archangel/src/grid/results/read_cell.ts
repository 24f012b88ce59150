import { join } from 'node:path';
import type { Complain } from '../../report/read_lines';
import { type ReadJudging, type ReadRun, readRun } from '../../report/read_run';
import type { Judgment } from '../../report/run_schemas';
import { unaligned } from '../cells';
import type { Job } from '../job';
import type { CellResult, Counts } from './grid_results';

/** A cell's result, and what its folder was judged by. */
export interface ReadCell {
  readonly result: CellResult;
  readonly judge?: string;
}

/** Reads what the commands of a cell have left. What is missing or damaged is said, and the rest is given. */
export async function readCell(out: string, job: Job, complain: Complain): Promise<ReadCell> {
  const { name, seed, model = '', cell } = job;
  const run = await readRun(join(out, name), complain);
  const wholes = (run?.judgings ?? []).filter(({ facts }) => facts?.baseline === 'target');
  // Of a run that was stopped that has been said.
  const isTrained = run?.report.training !== undefined || cell?.method === unaligned;
  const isToBeJudged = job.steps.some(({ command }) => command === 'judge');
  if (run && isTrained && isToBeJudged && wholes.length === 0) {
    complain(`${name}: was not judged against the target, or not to the end.`);
  }
  if (wholes.length > 1) {
    complain(`${name}: was judged against the target ${wholes.length} times; ${wholes[0]?.file} is taken.`);
  }
  const [judging] = wholes;
  return {
    result: {
      ...{ name, model, method: cell?.method ?? name, seed },
      ...(cell?.sweep && { sweep: cell.sweep }),
      ...judged(judging, run),
      heldOut: heldOutOf(run),
    },
    ...(judging?.facts && { judge: judging.facts.judge.name }),
  };
}

type Judged = Pick<CellResult, 'counts' | 'bySet' | 'meanTokens' | 'targetTokens'>;

function judged(judging: ReadJudging | undefined, run: ReadRun | undefined): Judged {
  if (!judging?.facts) return tokensOf(run);
  const { counts, meanTokens } = judging.facts;
  const { win, tie, loss, unparsable } = counts;
  const sets = [...new Set(judging.pairs.map(({ set }) => set))].sort();
  const of = (set: string) => countsOf(judging.pairs.filter((pair) => pair.set === set));
  return {
    counts: { win, tie, loss, unparsable },
    bySet: Object.fromEntries(sets.map((set) => [set, of(set)])),
    ...(meanTokens
      ? { meanTokens: meanTokens.candidate.value, targetTokens: meanTokens.baseline.value }
      : tokensOf(run)),
  };
}

/** Mean length of the answers, where they were not judged with it. */
function tokensOf(run: ReadRun | undefined): Judged {
  const lines = run?.answers[0]?.lines ?? [];
  if (lines.length === 0) return {};
  return { meanTokens: lines.reduce((sum, { tokens }) => sum + tokens, 0) / lines.length };
}

function countsOf(pairs: readonly Judgment[]): Counts {
  const of = (outcome: string) => pairs.filter((pair) => pair.outcome === outcome).length;
  return { win: of('win'), tie: of('tie'), loss: of('loss'), unparsable: of('unparsable') };
}

function heldOutOf(run: ReadRun | undefined): CellResult['heldOut'] {
  const known = (run?.report.figures ?? []).filter(({ estimate }) => Number.isFinite(estimate.value));
  return Object.fromEntries(known.map(({ name, estimate }) => [name, estimate.value]));
}
