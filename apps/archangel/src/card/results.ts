import type { Figure } from '../stages/evaluate';
import { figureText } from '../stages/figure_text';
import { plain, tableOf } from './markdown';

/** Figures with intervals and numbers of examples, and in words what they do not show. */
export function resultsSection(results: readonly Figure[] | string): string {
  if (typeof results === 'string') return results;
  const rows = results.map((figure) => [plain(figure.name), figureText(figure), String(figure.estimate.n)]);
  const nulls = results.flatMap((figure) => nullOf(figure) ?? []);
  return [
    tableOf(['on held-out prompts', 'figure [95 % interval]', 'n'], rows),
    ...(nulls.length > 0 ? [nulls.map((line) => `- ${line}`).join('\n')] : []),
  ].join('\n\n');
}

/** What a figure does not show, or shows against the model. */
function nullOf({ name, estimate, unit, noEffect }: Figure): string | undefined {
  if (noEffect === undefined) return undefined;
  const { value, low, high } = estimate;
  const none = unit === 'share' ? `${100 * noEffect} %` : String(noEffect);
  const said = plain(name);
  if (!Number.isFinite(value)) return `${said} could not be measured.`;
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    return `${said} has no interval here, so whether it differs from ${none} (no effect) is open.`;
  }
  if (high < noEffect) return `${said} lies below ${none}, where there would be no effect.`;
  return low > noEffect ? undefined : `${said}: the interval holds ${none}, so no effect was shown.`;
}
