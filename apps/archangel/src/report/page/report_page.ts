import { html } from '../../figures/html';
import { htmlPage, sourceHash } from '../../figures/page';
import type { Report } from '../build_report';
import { curvesSection, valuesSection } from './curves_section';
import { dataSection, settingsSection } from './data_section';
import { heldOutSection } from './held_out_section';
import { judgedSection } from './judged_section';
import { lengthsSection } from './lengths_section';
import { packCards } from './pack_cards';
import type { Section } from './parts';
import { publishedSection } from './published_section';
import { reportScript } from './report_script';
import { reportStyle } from './report_style';

/** A report as one page that loads nothing, on a phone, in the dark or on paper. */
export async function reportPage(report: Report): Promise<string> {
  const { title, runs, findings, problems, cards } = report;
  const sections = [
    judgedSection(report),
    await heldOutSection(report),
    answersSection(report),
    await lengthsSection(report),
    await curvesSection(report),
    await valuesSection(report),
    dataSection(report),
    settingsSection(report),
    publishedSection(report),
  ].filter(({ body }) => body.trim() !== '');
  const folders = runs.map(({ label, folder }) => `${label} (${folder})`).join(', ');
  const script =
    cards.length === 0
      ? ''
      : `<script type="application/json" id="answers-data">${packCards(cards)}</script>\n<script>${reportScript}</script>`;
  const body = `<main>
<h1>${html(title)}</h1>
<p class="faint">${runs.length === 1 ? 'Run' : 'Runs'}: ${html(folders)}</p>
<nav>${sections.map(({ id, title }) => `<a href="#${id}">${html(title)}</a>`).join(' ')}</nav>
<section id="found">
<h2>What came out</h2>
${findings.map(({ about, lines }) => `<h3>${html(capital(about))}</h3>\n${list(lines, 'findings')}`).join('\n')}
${problems.length > 0 ? `<h3>What is missing</h3>\n${list(problems, 'findings note')}` : ''}
</section>
${sections.map(sectionHtml).join('\n')}
</main>
${script}`;
  return htmlPage({ title, style: reportStyle, body, head: policy(cards.length > 0) });
}

function sectionHtml({ id, title, body }: Section): string {
  return `<section id="${id}">\n<h2>${html(title)}</h2>\n${body}\n</section>`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function list(lines: readonly string[], style: string): string {
  return `<ul class="${style}">${lines.map((line) => `<li>${html(line)}</li>`).join('\n')}</ul>`;
}

/** Answers to read side by side; the script fills it, from the data that stand beside it. */
function answersSection({ cards }: Report): Section {
  const select = (id: string, label: string) =>
    `<label>${label}<select id="${id}"><option value="">any</option></select></label>`;
  const body = `<noscript><p class="note">These are filtered and shown by a small script in this page, which your viewer does not run. The texts stand in the runs’ folders.</p></noscript>
<form id="filter" hidden>
${select('group', 'comparison')}
${select('outcome', 'outcome')}
${select('set', 'set')}
<label>holding the words<input id="words" type="search" autocomplete="off"></label>
</form>
<p id="count" class="faint" role="status"></p>
<div id="cards"></div>
<p><button type="button" id="more" hidden>Show more</button></p>`;
  return { id: 'answers', title: 'Answers side by side', body: cards.length === 0 ? '' : body };
}

/** What the page may do: run its own script, and nothing else. Drawings bring styles of their own, which can load nothing. */
function policy(scripted: boolean): string {
  const rules = [
    "default-src 'none'",
    `script-src ${scripted ? `'${sourceHash(reportScript)}'` : "'none'"}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}">\n`;
}
