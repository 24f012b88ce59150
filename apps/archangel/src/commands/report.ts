import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { reportConfig } from '../config/report_config';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { buildReport, type Report } from '../report/build_report';
import { reportPage } from '../report/page/report_page';
import { type ReadRun, readRun } from '../report/read_run';
import { reportJson } from '../report/report_json';
import { reportMarkdown } from '../report/report_markdown';
import { configFile, writeWhole } from '../stages/run_folder';
import { columnsOf, fold } from '../terminal/fold';
import { progress } from '../terminal/progress';
import { visible } from '../terminal/visible';

const args: ArgsDef = {
  runs: { type: 'positional', required: false, description: 'the folders of one run or several' },
  ...configFlags(reportConfig),
};

export const reportCommand = defineCommand({
  meta: { name: 'report', description: 'Write what runs came to as one page, with tables, curves and answers.' },
  args,
  run: ({ rawArgs }) => runReport(rawArgs),
});

/** Reads runs and writes `report.html`, which opens offline, `report.md` and `report.json`. */
export async function runReport(args: readonly string[]): Promise<void> {
  const { words: folders, flags } = wordsAndFlags(args, reportConfig);
  const config = validate(reportConfig, readFlags(flags), 'command line');
  if (folders.length === 0) throw new InputError('Say which runs to report: archangel report runs/kto-thumbs.');
  const problems: string[] = [];
  const runs = await readRuns([...new Set(folders)], problems);
  if (runs.length === 0) throw new InputError(problems.join(' '));
  // Value functions are tensor code; a few numbers of each are all that is computed.
  await chooseBackend('cpu');
  const report = buildReport(runs, problems, config);
  const out = config.out ?? join('reports', defaultName(report));
  if (existsSync(join(out, configFile))) {
    throw new InputError(`out: ${out} is a run's folder, whose report.json is its own. Choose another.`);
  }
  await mkdir(out, { recursive: true });
  const file = (ending: string) => join(out, `report.${ending}`);
  await writeWhole(file('json'), reportJson(report));
  await writeWhole(file('md'), reportMarkdown(report));
  await writeWhole(file('html'), await reportPage(report));
  console.log(reportText(report));
  console.log(`\nThe report is ${file('html')}; in short ${file('md')}, in numbers ${file('json')}.`);
}

async function readRuns(folders: readonly string[], problems: string[]): Promise<ReadRun[]> {
  const bar = progress('reading', folders.length);
  const runs: ReadRun[] = [];
  for (const [i, folder] of folders.entries()) {
    bar.update(i, visible(folder));
    const run = await readRun(folder, (problem) => problems.push(problem));
    if (run) runs.push(run);
  }
  bar.end('');
  return runs;
}

/** Longest name of a folder that is made of runs' names. */
const longest = 100;

function defaultName({ runs }: Report): string {
  const name = runs.map(({ label }) => label.replaceAll('/', '-')).join('+');
  return name.length <= longest ? name : `${name.slice(0, longest)}-and-more`;
}

/** The findings, and what is missing, for a terminal. */
function reportText({ findings, problems }: Report): string {
  const list = (lines: readonly string[]) => lines.map((line) => `- ${visible(line)}`).join('\n');
  const missing = problems.length === 0 ? '' : `\n\nMissing:\n${list(problems)}`;
  return fold(findings.map(({ lines }) => list(lines)).join('\n\n') + missing, columnsOf(process.stdout));
}
