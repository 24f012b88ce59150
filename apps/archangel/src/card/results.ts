import type { Figure } from '../held_out/figure';
import { figureText } from '../held_out/figure_text';
import { notShown } from '../held_out/not_shown';
import { plain, tableOf } from './markdown';

/** Figures with intervals and numbers of examples, and in words what they do not show. */
export function resultsSection(results: readonly Figure[] | string): string {
  if (typeof results === 'string') return results;
  const rows = results.map((figure) => [plain(figure.name), figureText(figure), String(figure.estimate.n)]);
  const nulls = results.flatMap((figure) => notShown({ ...figure, name: plain(figure.name) }) ?? []);
  return [
    tableOf(['on held-out prompts', 'figure [95 % interval]', 'n'], rows),
    ...(nulls.length > 0 ? [nulls.map((line) => `- ${line}`).join('\n')] : []),
  ].join('\n\n');
}
