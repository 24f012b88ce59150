import { readLog } from './jsonl_log';

/** How a stage went, from its metrics. */
export interface TrainingSummary {
  readonly updates: number;
  /** The metrics of the first update: the model as it was. */
  readonly first: Readonly<Record<string, number>>;
  /** Their means over the last tenth of the updates; a metric that a step lacks is a mean over the others. */
  readonly last: Readonly<Record<string, number>>;
}

/** Reads a stage's metrics file. */
export async function trainingSummary(metricsFile: string): Promise<TrainingSummary> {
  const lines = (await readLog<{ step: number; epoch: number }>(metricsFile, Number.POSITIVE_INFINITY)).map(
    ({ step: _, epoch: __, ...metrics }): Record<string, number> => metrics,
  );
  const tail = lines.slice(-Math.max(1, Math.floor(lines.length / 10)));
  const names = [...new Set(tail.flatMap((metrics) => Object.keys(metrics)))];
  const means = names.map((name) => {
    const values = tail.flatMap((metrics) => metrics[name] ?? []);
    return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
  });
  return { updates: lines.length, first: lines[0] ?? {}, last: Object.fromEntries(means) };
}
