import { metricCharts, shortMetric } from '../figures/metric_charts';
import type { Chart } from './line_chart';
import type { WatchedStage } from './watched_run';

/** The charts of a stage, but for metrics that have no point yet. */
export function chartsOf({ curves, step }: WatchedStage): Chart[] {
  return metricCharts(curves.keys()).flatMap(({ title, metrics, exact }) => {
    const lines = metrics.flatMap((name) => {
      const points = curves.get(name)?.toPoints(step) ?? [];
      return points.length > 0 ? [{ name: shortMetric(name), points }] : [];
    });
    return lines.length > 0 ? [{ title, lines, exact }] : [];
  });
}
