import { type Cell as HtmlCell, html, htmlTable } from '../../../figures/html';
import { figure, intervalBar, legend, paragraph } from '../../../report/page/parts';
import { cellText, seedsText } from '../cell_text';
import type { Cell, Chart, Measured, Section, Table } from '../section';
import { drawChart, mostOf } from './draw_chart';

/** A part of the report as HTML. */
export async function sectionHtml(section: Section): Promise<string> {
  const { id, title, about, charts, tables, findings } = section;
  const drawn = await chartsHtml(charts);
  const named = section.legend && charts.length > 0 ? legend(section.legend) : '';
  const said = findings.map((line) => `<li>${html(line)}</li>`).join('\n');
  return `<section id="${html(id)}">
<h2>${html(title)}</h2>
${about.map((text) => paragraph(text)).join('\n')}
${said && `<ul class="findings">${said}</ul>`}
${named}
${drawn}
${tables.map(tableHtml).join('\n')}
</section>`;
}

/** Charts of one column have one scale, so that they can be compared. */
async function chartsHtml(charts: readonly (readonly Chart[])[]): Promise<string> {
  const many = charts.length === 1;
  const most = (chart: Chart, column: number) =>
    Math.max(
      ...charts
        .flatMap((row) => (many ? row : (row[column] ?? [])))
        .filter(({ unit }) => unit === chart.unit)
        .map(mostOf),
    );
  const rows: string[] = [];
  for (const row of charts) {
    const drawn: string[] = [];
    for (const [column, chart] of row.entries()) {
      drawn.push(figure(chart.title, chart.note ?? '', await drawChart(chart, most(chart, column))));
    }
    rows.push(`<div class="charts${row.length === 2 ? ' two' : ''}">${drawn.join('\n')}</div>`);
  }
  return rows.join('\n');
}

function tableHtml({ title, header, rows, words }: Table): string {
  const reach = Math.max(...rows.flat().map(reachOf));
  const body = rows.map((row) => row.map((cell) => cellHtml(cell, reach)));
  return `${title ? `<h3>${html(title)}</h3>\n` : ''}${htmlTable(header, body, words)}`;
}

/** How far from 0 the interval of a difference goes. */
function reachOf(cell: Cell): number {
  if (typeof cell === 'string' || !cell.difference) return 0;
  const { value, low, high } = cell.estimate;
  return Math.max(...[value, low, high].filter(Number.isFinite).map(Math.abs));
}

function cellHtml(cell: Cell, reach: number): HtmlCell {
  if (typeof cell === 'string') return cell;
  const seeds = seedsText(cell);
  const bar = cell.difference ? differenceBar(cell, reach) : '';
  return { html: `${bar}${html(cellText(cell))}${seeds && `<br><small>${html(seeds)}</small>`}` };
}

/** A difference on a line whose middle is no difference. */
function differenceBar({ estimate: { value, low, high, n } }: Measured, reach: number): string {
  const at = (difference: number) => (reach === 0 ? 0.5 : 0.5 + difference / (2 * reach));
  return intervalBar({ value: at(value), low: at(low), high: at(high), n }).html;
}
