import { displayWidth } from './display_width';

export type Alignment = 'left' | 'right';

/**
 * Rows as lines of aligned columns under a header, a row's missing cells empty. Columns are as wide as they look in a
 * terminal, whatever the script; line breaks and other control characters in a cell become spaces.
 *
 * @param alignments one per column; by default the first to the left, the others to the right
 * @throws RangeError for a row with more cells than the header
 * @example
 * table(['model', 'win rate'], [['KTO', '61 %']]);
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  rows.forEach(({ length }, i) => {
    if (length > header.length) throw new RangeError(`Row ${i} has ${length} cells under ${header.length} titles.`);
  });
  const clean = [header, ...rows].map((cells) => header.map((_, column) => oneLine(cells[column] ?? '')));
  const widths = header.map((_, column) =>
    clean.reduce((widest, cells) => Math.max(widest, displayWidth(cells[column] as string)), 0),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] as number) - displayWidth(cell));
        return (alignments[column] ?? (column === 0 ? 'left' : 'right')) === 'left' ? cell + space : space + cell;
      })
      .join('   ')
      .trimEnd();
  const [titles = [], ...body] = clean;
  return [titles, widths.map((width) => '─'.repeat(width)), ...body].map(line).join('\n');
}

function oneLine(cell: string): string {
  return cell.replaceAll(/\p{Control}+/gu, ' ');
}
