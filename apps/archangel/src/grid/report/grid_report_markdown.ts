import { code, plain, tableOf } from '../../card/markdown';
import type { GridResults } from '../results/grid_results';
import { cellText, seedsText } from './cell_text';
import { type GridReport, gridReport } from './grid_report';
import type { Cell, Section, Table } from './section';
import { settingRows } from './setting_rows';

/**
 * A grid's report as Markdown: what came out beside what the papers claim, and the tables behind it.
 *
 * @param remadeBy the command that makes the text again
 */
export function gridReportMarkdown(results: GridResults, remadeBy: string): string {
  const report = gridReport(results);
  const parts = [
    `# ${plain(report.title)}`,
    `Made by ${code(remadeBy)} from results alone: what is written here by hand is lost.`,
    ...report.about.map(plain),
    '## What came out',
    list(report.summary),
    ...claimsPart(report),
    ...report.sections.flatMap(sectionPart),
    ...(report.without.length > 0 ? [`Without cells, and so not here: ${plain(report.without.join(', '))}.`] : []),
    ...(report.missing.length > 0 ? ['## What is missing', list(report.missing)] : []),
    ...(report.settings.length > 0
      ? [
          '## Settings',
          tableOf(
            ['key', 'value'],
            settingRows(report.settings).map((row) => row.map(plain)),
          ),
        ]
      : []),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function claimsPart({ claims, notAsked, analytic }: GridReport): string[] {
  const rows = claims.flatMap(({ claim, counts, here }) =>
    here.map(({ scope, verdict, sentence }, i) => [
      i === 0 ? plain(claim) : '',
      i === 0 ? plain(counts) : '',
      plain(scope || 'the one there is'),
      plain(sentence),
      `**${verdict}**`,
    ]),
  );
  return [
    ...(rows.length === 0
      ? []
      : [tableOf(['the papers claim', 'the authors’ own counts', 'models', 'here', 'verdict'], rows)]),
    ...(notAsked.length === 0 ? [] : [`Not asked here: ${plain(notAsked.join(' '))}`]),
    plain(analytic),
  ];
}

function sectionPart({ title, about, tables, findings }: Section): string[] {
  return [`## ${plain(title)}`, ...about.map(plain), list(findings), ...tables.flatMap(tablePart)];
}

function tablePart({ title, header, rows }: Table): string[] {
  const text = (cell: Cell) => {
    if (typeof cell === 'string') return plain(cell);
    const seeds = seedsText(cell);
    return `${cellText(cell)}${seeds && ` (${seeds})`}`;
  };
  return [
    ...(title ? [`### ${plain(title)}`] : []),
    tableOf(
      header.map(plain),
      rows.map((row) => row.map(text)),
    ),
  ];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${plain(line)}`).join('\n');
}
