import { noisy, type Point } from '../figures/curve';
import { metricCharts, shortMetric } from '../figures/metric_charts';
import type { ReadStage } from './read_stage';
import type { ReportRun } from './report_run';

/** A curve of one run. */
export interface TrainingLine {
  readonly run: string;
  /** The run's place among those of the report, which its colour goes by. */
  readonly place: number;
  readonly metric: string;
  readonly points: readonly Point[];
  /** Steps that a point is the mean of. */
  readonly stepsAPoint: number;
}

/** A metric, or a few that belong together, of all runs that have it. */
export interface TrainingChart {
  readonly title: string;
  readonly lines: readonly TrainingLine[];
  readonly exact: boolean;
}

export interface TrainingCharts {
  /** Of the stages before the methods. */
  readonly sft: readonly TrainingChart[];
  readonly methods: readonly TrainingChart[];
}

export function trainingCharts(runs: readonly ReportRun[]): TrainingCharts {
  const stages = (isMethod: boolean) =>
    runs.flatMap(({ label, method, stages }, place) =>
      stages.filter(({ name }) => (name === method) === isMethod).map((stage) => ({ run: label, place, stage })),
    );
  return { sft: chartsOf(stages(false)), methods: chartsOf(stages(true)) };
}

function chartsOf(
  stages: readonly { readonly run: string; readonly place: number; readonly stage: ReadStage }[],
): TrainingChart[] {
  const names = stages.flatMap(({ stage }) => [...stage.curves.keys()]);
  return metricCharts(names).flatMap(({ title, metrics, exact }) => {
    const lines = stages.flatMap(({ run, place, stage: { curves, step } }) =>
      metrics.flatMap((metric): TrainingLine[] => {
        const curve = curves.get(metric);
        const points = curve?.toPoints(step) ?? [];
        return points.length === 0
          ? []
          : [{ run, place, metric: shortMetric(metric), points, stepsAPoint: curve?.stepsAPoint ?? 1 }];
      }),
    );
    return lines.length > 0 ? [{ title, lines, exact }] : [];
  });
}

/** What was done to curves so that they can be read. */
export function curveNote({ sft, methods }: TrainingCharts): string {
  const lines = [...sft, ...methods].flatMap(({ lines }) => lines);
  const most = Math.max(1, ...lines.map(({ stepsAPoint }) => stepsAPoint));
  const thinned =
    most > 1 ? `Long runs are thinned: a point is the mean of up to ${most} steps. ` : 'Every step is a point. ';
  const smooth = lines.some(({ points }) => points.length >= noisy)
    ? 'The strong line of a curve with many points is the mean of the 21 around each; the points themselves are faint.'
    : '';
  return (thinned + smooth).trim();
}
