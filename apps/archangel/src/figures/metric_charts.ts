/** Metrics that belong on one chart, under a title. */
export interface MetricChart {
  readonly title: string;
  readonly metrics: readonly string[];
  /** Chosen rather than measured: drawn as it is, however many points it has. */
  readonly exact: boolean;
}

const schedule = 'learning rate';

/** The charts every run has, in the order in which they are looked at. */
const together: readonly (readonly [title: string, metrics: readonly string[]])[] = [
  ['loss', ['loss']],
  ['reward margin', ['rewards/margins']],
  ['rewards', ['rewards/chosen', 'rewards/rejected']],
  ['reward accuracy', ['rewards/accuracies']],
  ['KL to the reference, nats', ['kl', 'kl/std']],
  ['reference point', ['reference_point', 'reference_point/std']],
  ['gradient norm', ['grad_norm']],
  ['tokens per second', ['tokens_per_second']],
  ['log-probabilities', ['logps/chosen', 'logps/rejected']],
  [schedule, ['learning_rate']],
];

/** What is said by other curves, or does not change. */
const leftOut = new Set(['kl/mean', 'kl/pairs', 'reference_point/mean', 'reference_point/pairs']);

/** The charts for metrics of these names: those that every run has, then one for each further metric of a loss. */
export function metricCharts(names: Iterable<string>): MetricChart[] {
  const there = new Set(names);
  const known = new Set(together.flatMap(([, metrics]) => metrics));
  const others = [...there].filter((name) => !known.has(name) && !leftOut.has(name));
  return [...together, ...others.map((name) => [name, [name]] as const)]
    .map(([title, metrics]) => ({
      title,
      metrics: metrics.filter((name) => there.has(name)),
      exact: title === schedule,
    }))
    .filter(({ metrics }) => metrics.length > 0);
}

/** A metric's name within its chart: `chosen` for `rewards/chosen`. */
export function shortMetric(name: string): string {
  return name.replace(/^.*\//, '');
}
