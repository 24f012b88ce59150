import type { Counts } from '@halokit/data';
import type { LookedAt } from '../look/look_at_data';
import { adviceLines, classLine, exampleTitle, lengthRows, promptLine, takenOf } from '../look/report_words';
import type { ShownExample } from '../look/shown_examples';
import { whole } from '../terminal/numbers';
import { html, htmlTable } from './html';
import { lengthChart, type NamedLengths } from './length_chart';
import { baseStyle, htmlPage } from './page';
import { inPalette } from './theme';

/** The look at data as a page that loads nothing and suits a dark or a light screen; light on paper. */
export async function dataPage({ report, lengths, examples }: LookedAt): Promise<string> {
  const responses = Object.entries(lengths.responses).map(([name, all]): NamedLengths => ({ name, lengths: all }));
  const { data, sources, steps, sets, tokenizer, tokens } = report;
  const body = `<main>
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
${htmlTable(
  ['set', 'class', 'train', 'held out'],
  sets.map((row) => [row.set, row.class, whole(row.train), whole(row.heldOut)]),
  2,
)}
<p>${html(promptLine(report))}</p>
<p>${html(classLine(report))}</p>
<h2>How long it is</h2>
${await figure('Prompts', [{ name: 'prompt', lengths: lengths.prompt }])}
${await figure('Responses', responses)}
${htmlTable(['length in tokens', 'n', 'median', '90 %', '99 %', 'longest'], lengthRows(report), 1)}
<p>Tokenizer: ${html(tokenizer.name)}, ${whole(tokenizer.entries)} entries; format ${html(tokenizer.format)}.</p>
${reasons(tokens)}
${adviceLines(report)
  .map((line) => `<p>${html(line)}</p>`)
  .join('\n')}
${examples.length > 0 ? `<h2>Examples</h2>\n<p>Trained on is what stands on colour, with its end token; the prompt before it is only read.</p>` : ''}
${examples.map(exampleHtml).join('\n')}
</main>`;
  return htmlPage({ title: data, style, body });
}

const style = `${baseStyle}
  body { padding: 24px; }
  main { max-width: 760px; }
  h1 { font-size: 22px; }
  h2 { font-size: 18px; margin-top: 36px; border-bottom: 1px solid var(--grid); }
  h3 { font-size: 16px; margin-bottom: 4px; }
  figure { margin: 14px 0; }
  .note { color: var(--faint); }
  mark { color: inherit; background: var(--good); }
  mark.bad { background: var(--bad); }
  .end { background: var(--ink); color: var(--paper); border-radius: 3px; padding: 0 3px; }
`;

async function figure(title: string, named: readonly NamedLengths[]): Promise<string> {
  return `<figure>${inPalette(await lengthChart(title, named))}</figure>`;
}

function reasons({ dropped, repaired }: Counts): string {
  const rows = (verb: string, by: Readonly<Record<string, number>>) =>
    Object.entries(by).map(([reason, count]) => [verb, reason, whole(count)]);
  const all = [...rows('dropped', dropped), ...rows('repaired', repaired)];
  return all.length === 0 ? '' : htmlTable(['', 'why', 'rows'], all, 2);
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
