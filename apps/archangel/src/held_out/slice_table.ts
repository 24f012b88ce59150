import { holm, table } from '@halokit/evaluation';
import { level } from '../significance';
import type { Figure } from './figure';
import { figureText } from './figure_text';
import type { Slice } from './slices';

/** Examples below which a slice's figures say nothing. */
const few = 10;

/**
 * Slices, a line each: the first two figures of each, and in words whether the first differs from no effect, corrected for
 * the number of slices that are asked.
 */
export function sliceTable(by: string, slices: readonly Slice[]): string {
  const titles = slices[0]?.figures.slice(0, 2).map(({ name }) => name) ?? [];
  const verdicts = verdictsOf(slices);
  const rows = slices.map(({ name, n, figures }, i) => [
    ...[name, String(n), ...figures.slice(0, 2).map(figureText)],
    ...(verdicts ? [verdicts[i] as string] : []),
  ]);
  const header = [`by ${by}`, 'n', ...titles, ...(verdicts ? ['in words'] : [])];
  const lines = table(header, rows, verdicts && ['left', 'right', 'right', 'right', 'left']);
  const comparisons = slices.filter(isTested).length;
  return comparisons > 1 ? `${lines}\n\nIn words: at 5 %, by Holm's correction for ${comparisons} comparisons.` : lines;
}

/** What the first figure of each slice shows; undefined where no effect is nothing it is tested against. */
function verdictsOf(slices: readonly Slice[]): string[] | undefined {
  if (slices.every(({ figures }) => figures[0]?.pValue === undefined)) return undefined;
  const tested = slices.filter(isTested);
  const corrected = holm(tested.map(({ figures }) => figures[0]?.pValue as number));
  return slices.map((slice) => {
    const at = tested.indexOf(slice);
    if (at >= 0) return verdict(slice.figures[0] as Figure, corrected[at] as number);
    return slice.n < few ? 'too few to say' : '';
  });
}

function isTested({ n, figures }: Slice): boolean {
  return n >= few && figures[0]?.pValue !== undefined && Number.isFinite(figures[0].estimate.value);
}

function verdict({ estimate, noEffect = 0 }: Figure, p: number): string {
  if (!(p < level)) return 'not distinguishable from chance';
  return estimate.value > noEffect ? 'better than chance' : 'worse than chance';
}
