import { type LengthFigures, lengthFigures } from './answer_lengths';
import { type Card, cardsOf } from './cards';
import { type Comparison, comparisonsOf } from './comparisons';
import { type DataCounts, dataCounts } from './dropped';
import { type Findings, findingsOf } from './findings';
import { type Judged, judgedOf } from './judged';
import { type Published, publishedFor } from './published';
import type { ReadRun } from './read_run';
import { type ReportRun, reportRuns } from './report_run';
import type { Figure, RunReport } from './run_schemas';
import { type Settings, settingsOf } from './settings';
import { type TrainingCharts, trainingCharts } from './training_charts';
import { type UsedValues, usedValues } from './used_values';

/** Everything a report says, as plain data. */
export interface Report {
  readonly title: string;
  readonly runs: readonly { readonly label: string; readonly folder: string; readonly method?: string }[];
  /** What could not be read, or is missing. */
  readonly problems: readonly string[];
  readonly findings: readonly Findings[];
  readonly judged: readonly Judged[];
  readonly comparisons: readonly Comparison[];
  /** What each run measured on held-out examples. */
  readonly heldOut: readonly HeldOut[];
  readonly training: readonly TrainedStage[];
  readonly charts: TrainingCharts;
  readonly values: UsedValues;
  readonly lengths?: LengthFigures;
  readonly cards: readonly Card[];
  readonly data: readonly DataCounts[];
  readonly settings: Settings;
  readonly published: Published;
}

export interface HeldOut {
  readonly run: string;
  readonly figures: readonly Figure[];
  readonly slices: NonNullable<RunReport['slices']>;
  readonly calibration?: RunReport['calibration'];
}

/** How a stage of a run began and ended. */
export interface TrainedStage {
  readonly run: string;
  readonly stage: string;
  readonly updates: number;
  readonly first: Readonly<Record<string, number | null>>;
  /** Means over the last tenth of the updates. */
  readonly last: Readonly<Record<string, number | null>>;
}

export interface ReportOptions {
  readonly title?: string;
  /** Pairs of each comparison that the page shows. */
  readonly pairs: number;
}

/** Makes a report of runs that were read. A TensorFlow.js backend has to be chosen: it draws value functions. */
export function buildReport(
  read: readonly ReadRun[],
  problems: readonly string[],
  { title, pairs }: ReportOptions,
): Report {
  const runs = reportRuns(read);
  const judged = judgedOf(runs);
  const comparisons = comparisonsOf(judged);
  return {
    title: title ?? runs.map(({ label }) => label).join(', '),
    runs: runs.map(({ label, folder, method }) => ({ label, folder, method })),
    problems,
    findings: findingsOf(runs, judged, comparisons),
    ...{ judged, comparisons },
    heldOut: runs.flatMap(heldOutOf),
    training: runs.flatMap(trainedStages),
    charts: trainingCharts(runs),
    values: usedValues(runs),
    lengths: lengthFigures(runs),
    cards: cardsOf(runs, judged, pairs),
    data: dataCounts(runs),
    settings: settingsOf(runs),
    published: publishedFor(runs, judged),
  };
}

function heldOutOf({ label, report }: ReportRun): HeldOut[] {
  const { figures = [], slices = [], calibration } = report;
  return figures.length === 0 ? [] : [{ run: label, figures, slices, ...(calibration && { calibration }) }];
}

function trainedStages({ label, report }: ReportRun): TrainedStage[] {
  return Object.entries(report.training ?? {}).map(([stage, summary]) => ({ run: label, stage, ...summary }));
}
