import { plain, tableOf } from '../card/markdown';
import { figureText } from '../held_out/figure_text';
import { numberInterval, percentInterval, whole } from '../terminal/numbers';
import type { Report } from './build_report';
import { pointsText, pText } from './findings';
import { readingOf } from './readings';

/** What came out as Markdown: the findings and the tables behind them. Texts of models are not in it. */
export function reportMarkdown(report: Report): string {
  const { title, runs, findings, problems, heldOut, data } = report;
  const list = (lines: readonly string[]) => lines.map((line) => `- ${plain(line)}`).join('\n');
  const parts = [
    `# ${plain(title)}`,
    list(runs.map(({ label, folder }) => `${label}: ${folder}`)),
    '## What came out',
    ...findings.flatMap(({ about, lines }) => [`### ${plain(about)}`, list(lines)]),
    ...(problems.length > 0 ? ['## What is missing', list(problems)] : []),
    ...judgedPart(report),
    ...(heldOut.length > 0 ? ['## Held-out examples', heldOutTable(report)] : []),
    ...lengthsPart(report),
    ...(data.length > 0
      ? [
          '## Data',
          list(data.map(({ runs, read, kept }) => `${runs.join(', ')}: ${whole(read)} rows read, ${whole(kept)} kept`)),
        ]
      : []),
    ...settingsPart(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

function judgedPart({ judged, comparisons }: Report): string[] {
  if (judged.length === 0) return [];
  const rows = comparisons.map(({ kind, of, against, baseline, judge, estimate, corrected }) => [
    kind === 'judged' ? plain(`${of} against ${against}`) : plain(`${of} less ${against}, both against ${baseline}`),
    plain(judge),
    kind === 'judged' ? percentInterval(estimate) : pointsText(estimate),
    whole(estimate.n),
    pText(corrected),
  ]);
  return [
    '## Judged answers',
    tableOf(['comparison', 'judge', 'win rate, or difference [95 % interval]', 'pairs', 'p, corrected (Holm)'], rows),
  ];
}

function heldOutTable({ heldOut }: Report): string {
  const rows = heldOut.flatMap(({ run, figures }) =>
    figures.map((figure) => [
      plain(run),
      plain(figure.name),
      figureText(figure),
      whole(figure.estimate.n),
      readingOf(figure),
    ]),
  );
  return tableOf(['run', 'figure', 'value [95 % interval]', 'n', 'reads as'], rows);
}

function lengthsPart({ lengths }: Report): string[] {
  if (!lengths) return [];
  const all = [...lengths.models, ...(lengths.target ? [lengths.target] : [])];
  const rows = all.map(({ model, mean, summary, cut }) => [
    plain(model),
    whole(summary.n),
    numberInterval(mean, 1),
    whole(summary.median),
    cut ? percentInterval(cut) : '',
  ]);
  return [
    '## Lengths of answers',
    tableOf(['tokens of', 'n', 'mean [95 % interval]', 'median', 'cut at the limit'], rows),
  ];
}

function settingsPart({ settings: { differing }, runs }: Report): string[] {
  if (runs.length < 2 || differing.length === 0) return [];
  const rows = differing.map(({ key, values }) => [plain(key), ...values.map(plain)]);
  return ['## Settings that differ', tableOf(['setting', ...runs.map(({ label }) => plain(label))], rows)];
}
