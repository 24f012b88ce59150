import { html, htmlTable } from '../../../figures/html';
import { htmlPage } from '../../../figures/page';
import { paragraph } from '../../../report/page/parts';
import { reportStyle } from '../../../report/page/report_style';
import type { GridReport } from '../grid_report';
import type { PaperClaim, Verdict } from '../paper_claims';
import { settingRows } from '../setting_rows';
import { sectionHtml } from './section_html';

const style = `${reportStyle}
  .charts.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); max-width: 800px; }
  td .interval { float: left; margin-right: 10px; }
  .claims h3 { margin-bottom: 0; }
  .claims ul { list-style: none; padding: 0; margin: 4px 0; max-width: 90ch; }
  .claims p { max-width: 90ch; }
  section > p { max-width: 90ch; }
  #settings td { white-space: normal; }
`;

/** A grid's report as one page that loads and runs nothing, on a phone, in the dark or on paper. */
export async function gridReportPage(report: GridReport): Promise<string> {
  const { title, about, summary, claims, notAsked, analytic, sections, without, missing, settings } = report;
  const parts: string[] = [];
  for (const section of sections) parts.push(await sectionHtml(section));
  const links = [...sections, ...(settings.length > 0 ? [{ id: 'settings', title: 'Settings' }] : [])];
  const body = `<main>
<h1>${html(title)}</h1>
${about.map((text) => paragraph(text)).join('\n')}
<nav>${links.map(({ id, title }) => `<a href="#${html(id)}">${html(title)}</a>`).join(' ')}</nav>
<section id="found" class="claims">
<h2>What came out</h2>
${list(summary, 'findings')}
${claims.map(claimHtml).join('\n')}
${notAsked.length > 0 ? paragraph(`Not asked here: ${notAsked.join(' ')}`, 'faint') : ''}
${paragraph(analytic, 'faint')}
${missing.length > 0 ? `<h3>What is missing</h3>\n${list(missing, 'findings note')}` : ''}
</section>
${parts.join('\n')}
${without.length > 0 ? paragraph(`Without cells, and so not here: ${without.join(', ')}.`, 'faint') : ''}
${settings.length > 0 ? settingsHtml(settings) : ''}
</main>`;
  return htmlPage({ title, style, body, head: policy });
}

const badges: Readonly<Record<Verdict, string>> = { agrees: 'win', disagrees: 'loss', 'cannot be told': '' };

function claimHtml({ claim, counts, here }: PaperClaim): string {
  const lines = here.map(
    ({ verdict, sentence }) => `<li><span class="badge ${badges[verdict]}">${verdict}</span> ${html(sentence)}</li>`,
  );
  return `<h3>${html(claim)}</h3>
${paragraph(`The authors’ own counts: ${counts}`, 'faint')}
<ul>${lines.join('\n')}</ul>`;
}

function settingsHtml(settings: GridReport['settings']): string {
  return `<section id="settings">\n<h2>Settings</h2>\n${htmlTable(['key', 'value'], settingRows(settings), 2)}\n</section>`;
}

function list(lines: readonly string[], className: string): string {
  return `<ul class="${className}">${lines.map((line) => `<li>${html(line)}</li>`).join('\n')}</ul>`;
}

/** The page runs nothing. Drawings bring styles of their own, which can load nothing. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">\n`;
