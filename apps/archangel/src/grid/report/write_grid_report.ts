import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { InputError } from '../../input_error';
import { configFile, writeWhole } from '../../stages/run_folder';
import { columnsOf, fold } from '../../terminal/fold';
import { visible } from '../../terminal/visible';
import type { Grid } from '../grid';
import { readGridResults } from '../results/read_grid_results';
import { gridReport } from './grid_report';
import { gridReportMarkdown } from './grid_report_markdown';
import { gridReportText } from './grid_report_text';
import { gridReportPage } from './page/grid_report_page';
import { resultsJson } from './results_json';

/**
 * Reads what a grid has come to and writes `report.html`, which opens offline, `report.md`, `report.json` with every number,
 * and `results.json`, from which all of these can be made again. Says what came out.
 *
 * @throws InputError for a folder that is a run's, and a grid of which nothing is there
 */
export async function writeGridReport(grid: Grid, folder: string): Promise<void> {
  if (existsSync(join(folder, configFile))) {
    throw new InputError(`${folder} is a run's folder, whose report.json is its own. Choose another with --out.`);
  }
  const results = await readGridResults(grid);
  if (results.cells.length === 0) {
    throw new InputError(
      `${grid.out}: no cell of the grid is there yet. Run some: archangel grid run ${relative('.', grid.file)}.`,
    );
  }
  const report = gridReport(results);
  await mkdir(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  await writeWhole(file('results.json'), resultsJson(results));
  await writeWhole(file('report.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeWhole(file('report.md'), gridReportMarkdown(results, `archangel grid report ${relative('.', grid.out)}`));
  await writeWhole(file('report.html'), await gridReportPage(report));
  console.log(fold(visible(gridReportText(report)), columnsOf(process.stdout)));
  console.log(
    `\nThe report is ${file('report.html')}; as text ${file('report.md')}, in numbers ${file('report.json')}; ` +
      `what it is made from is ${file('results.json')}.`,
  );
}
