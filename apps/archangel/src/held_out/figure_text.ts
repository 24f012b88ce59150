import { table } from '@halokit/evaluation';
import { numberInterval, percentInterval } from '../terminal/numbers';
import type { Figure } from './figure';
import { notShown } from './not_shown';

/** A figure with its interval. It may be unknown: a mean of a class of which nothing was held out. */
export function figureText({ estimate, unit }: Pick<Figure, 'estimate' | 'unit'>): string {
  if (!Number.isFinite(estimate.value)) return 'unknown: a class is missing';
  return unit === 'share' ? percentInterval(estimate) : `${numberInterval(estimate)} ${unit}`;
}

/** All figures of a model in one line. */
export function figureLine(figures: readonly Figure[]): string {
  return figures.map((figure) => `${figure.name} ${figureText(figure)}`).join(', ');
}

/** All figures of a model, a line each, and in words what they do not show. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [figure.name, figureText(figure), String(figure.estimate.n)]);
  const nulls = figures.flatMap((figure) => notShown(figure) ?? []);
  const all = table(['on held-out prompts', 'figure [95 % interval]', 'n'], rows);
  return nulls.length > 0 ? `${all}\n\n${nulls.join('\n')}` : all;
}
