import type { Counts } from '@halokit/data';
import type { LookedAt } from '../look/look_at_data';
import { adviceLines, classLine, exampleTitle, lengthRows, promptLine, takenOf } from '../look/report_words';
import type { ShownExample } from '../look/shown_examples';
import { whole } from '../terminal/numbers';
import { html } from './html';
import { lengthChart, type NamedLengths } from './length_chart';
import { dark, light } from './value_chart';

/** The look at data as a page that loads nothing and suits a dark or a light screen; light on paper. */
export async function dataPage({ report, lengths, examples }: LookedAt): Promise<string> {
  const responses = Object.entries(lengths.responses).map(([name, all]): NamedLengths => ({ name, lengths: all }));
  const { data, sources, steps, sets, tokenizer, tokens } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(data)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${html(data)}</h1>
<h2>Where from</h2>
${sources
  .map(
    (source) =>
      `<h3>${html(source.name)}</h3>
<p>${whole(source.counts.read)} rows read, ${whole(source.counts.kept)} kept, of ${whole(source.files.length)} ${source.files.length === 1 ? 'file' : 'files'}${html(takenOf(source))}.</p>
${reasons(source.counts)}${source.notes.map((note) => `<p class="note">${html(note)}</p>`).join('')}`,
  )
  .join('\n')}
${steps.map(({ what, counts }) => `<h3>${html(what)}</h3><p>${whole(counts.kept)} kept.</p>${reasons(counts)}`).join('\n')}
<h2>What there is</h2>
${table(
  ['set', 'class', 'train', 'held out'],
  sets.map((row) => [row.set, row.class, whole(row.train), whole(row.heldOut)]),
  2,
)}
<p>${html(promptLine(report))}</p>
<p>${html(classLine(report))}</p>
<h2>How long it is</h2>
${await figure('Prompts', [{ name: 'prompt', lengths: lengths.prompt }])}
${await figure('Responses', responses)}
${table(['length in tokens', 'n', 'median', '90 %', '99 %', 'longest'], lengthRows(report), 1)}
<p>Tokenizer: ${html(tokenizer.name)}, ${whole(tokenizer.entries)} entries; format ${html(tokenizer.format)}.</p>
${reasons(tokens)}
${adviceLines(report)
  .map((line) => `<p>${html(line)}</p>`)
  .join('\n')}
${examples.length > 0 ? `<h2>Examples</h2>\n<p>Trained on is what stands on colour, with its end token; the prompt before it is only read.</p>` : ''}
${examples.map(exampleHtml).join('\n')}
</main>
</body>
</html>
`;
}

const style = `
  :root { color-scheme: light dark; --paper: #ffffff; --ink: #1a1a1a; --faint: #5c5c5c; --line: #e3e3e3; --good: #d9f0e6; --bad: #fbe3d6; --end: #1a1a1a; }
  body { margin: 0; padding: 24px; background: var(--paper); color: var(--ink); font: 16px/1.5 Helvetica, Arial, "DejaVu Sans", sans-serif; }
  main { max-width: 760px; margin: 0 auto; }
  h1 { font-size: 22px; overflow-wrap: anywhere; }
  h2 { font-size: 18px; margin-top: 36px; border-bottom: 1px solid var(--line); }
  h3 { font-size: 16px; margin-bottom: 4px; overflow-wrap: anywhere; }
  p { margin: 6px 0; }
  table { border-collapse: collapse; margin: 10px 0; font-variant-numeric: tabular-nums; }
  th, td { padding: 3px 14px 3px 0; text-align: right; border-bottom: 1px solid var(--line); }
  th { font-weight: 600; white-space: nowrap; }
  .left { text-align: left; overflow-wrap: anywhere; }
  .note { color: var(--faint); }
  figure { margin: 14px 0; }
  svg { width: 100%; height: auto; }
  .dark { display: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; margin: 4px 0 12px; }
  .prompt { color: var(--faint); }
  mark { color: inherit; background: var(--good); }
  mark.bad { background: var(--bad); }
  .end { background: var(--end); color: var(--paper); border-radius: 3px; padding: 0 3px; }
  @media screen and (prefers-color-scheme: dark) {
    :root { --paper: #16181d; --ink: #f2f2f2; --faint: #a9adb5; --line: #2e323a; --good: #174a39; --bad: #5a3218; --end: #f2f2f2; }
    .light { display: none; }
    .dark { display: block; }
  }
`;

async function figure(title: string, named: readonly NamedLengths[]): Promise<string> {
  const [onLight, onDark] = [await lengthChart(title, named, light), await lengthChart(title, named, dark)];
  return `<figure class="light">${onLight}</figure>\n<figure class="dark">${onDark}</figure>`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]) =>
    row.map((cell, i) => `<${tag}${i < words ? ' class="left"' : ''}>${html(cell)}</${tag}>`).join('');
  return `<table><tr>${cells('th', header)}</tr>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</table>`;
}

function reasons({ dropped, repaired }: Counts): string {
  const rows = (verb: string, by: Readonly<Record<string, number>>) =>
    Object.entries(by).map(([reason, count]) => [verb, reason, whole(count)]);
  const all = [...rows('dropped', dropped), ...rows('repaired', repaired)];
  return all.length === 0 ? '' : table(['', 'why', 'rows'], all, 2);
}

function exampleHtml(example: ShownExample): string {
  const { prompt, responses } = example;
  const answers = responses.map(({ class: name, text, tokens, end }) => {
    const bad = name === 'rejected' || name === 'undesirable' ? ' class="bad"' : '';
    const ending = end === undefined ? ' (cut: no end token)' : `<span class="end">${html(end)}</span>`;
    return `<p>${name}, ${whole(tokens)} tokens</p><pre><mark${bad}>${html(text)}</mark>${ending}</pre>`;
  });
  return `<h3>${html(exampleTitle(example))}</h3>
<pre class="prompt">${html(prompt.text.trim())}</pre>
${answers.join('\n')}`;
}
