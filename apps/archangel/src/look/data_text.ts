import type { Counts } from '@halokit/data';
import { table } from '@halokit/evaluation';
import { fold } from '../terminal/fold';
import { whole } from '../terminal/numbers';
import { visible } from '../terminal/visible';
import { type ExampleStyle, exampleText, legend } from './example_text';
import type { DataReport, SourceReport } from './look_at_data';
import { adviceLines, classLine, lengthRows, promptLine, shortSource, takenOf } from './report_words';
import type { ShownExample } from './shown_examples';

/** The report for a terminal or a pipe. */
export function dataText(report: DataReport, examples: readonly ShownExample[], style: ExampleStyle): string {
  const { sets, tokenizer, steps, tokens } = report;
  const tokenized = reasons(tokens);
  const paragraphs = [
    ...report.sources.map(sourceText),
    ...steps.map(({ what, counts }) => [`${what}: ${whole(counts.kept)} kept`, ...reasons(counts)].join('\n')),
    table(
      ['set', 'class', 'train', 'held out'],
      sets.map((row) => [shortSource(row.set), row.class, whole(row.train), whole(row.heldOut)]),
      ['left', 'left'],
    ),
    promptLine(report),
    classLine(report),
    table(['length in tokens', 'n', 'median', '90 %', '99 %', 'longest'], lengthRows(report)),
    [
      `Tokenizer: ${tokenizer.name}, ${whole(tokenizer.entries)} entries; format ${tokenizer.format}.`,
      ...tokenized,
    ].join('\n'),
    adviceLines(report).join('\n'),
  ];
  const text = paragraphs.map((paragraph) => fold(paragraph, style.columns));
  const shown = examples.map((example) => exampleText(example, style));
  return [...text, ...(shown.length > 0 ? [legend(style)] : []), ...shown].join('\n\n');
}

function sourceText(source: SourceReport): string {
  const { name, files, counts, notes } = source;
  const lines = [
    `${visible(name)}: ${whole(counts.read)} rows read, ${whole(counts.kept)} kept${files.length > 1 ? `, of ${whole(files.length)} files` : ''}${takenOf(source)}`,
    ...reasons(counts),
    ...notes.map((note) => `  note: ${visible(note)}`),
  ];
  return lines.join('\n');
}

/** A line for each reason. */
function reasons({ dropped, repaired }: Pick<Counts, 'dropped' | 'repaired'>): string[] {
  const list = (verb: string, by: Readonly<Record<string, number>>) =>
    Object.entries(by).map(([reason, count]) => `  ${verb.padEnd(8)} ${whole(count).padStart(7)}  ${visible(reason)}`);
  return [...list('dropped', dropped), ...list('repaired', repaired)];
}
