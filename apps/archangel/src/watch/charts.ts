import type { Chart } from './line_chart';
import type { WatchedStage } from './watched_run';

/** What is no measurement. */
const schedule = 'learning rate';

/** Metrics that belong on one chart, under a title; in this order, which is that of what is looked at first. */
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

/** The charts of a stage: those every run has, then a chart for each further metric of its loss. */
export function chartsOf({ curves, step }: WatchedStage): Chart[] {
  const known = new Set(together.flatMap(([, metrics]) => metrics));
  const others = [...curves.keys()].filter((name) => !known.has(name) && !leftOut.has(name));
  return [...together, ...others.map((name) => [name, [name]] as const)].flatMap(([title, metrics]) => {
    const lines = metrics.flatMap((name) => {
      const points = curves.get(name)?.toPoints(step) ?? [];
      return points.length > 0 ? [{ name: name.replace(/^.*\//, ''), points }] : [];
    });
    return lines.length > 0 ? [{ title, lines, exact: title === schedule }] : [];
  });
}
