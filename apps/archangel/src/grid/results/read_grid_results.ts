import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { progress } from '../../terminal/progress';
import type { Grid } from '../grid';
import { absentCells } from './absent_cells';
import type { GridResults } from './grid_results';
import { gridSettings } from './grid_settings';
import { type ReadCell, readCell } from './read_cell';
import { readModels } from './read_models';

/**
 * Reads what a grid's cells have come to, from the folders that `train`, `sample` and `judge` left. Cells that are missing or
 * damaged are named, and the rest is given. Paths are said below the grid's folder, so that results may be kept.
 */
export async function readGridResults(grid: Grid): Promise<GridResults> {
  const { name, out, config, jobs } = grid;
  const missing: string[] = [];
  const complain = (problem: string) => missing.push(problem.replaceAll(`${out}/`, ''));
  const models = await readModels(grid);
  for (const model of Object.keys(config.models)) {
    if (!models.some((known) => known.name === model))
      complain(`${model}: no checkpoint of it is there, so its size is not known; it is left out.`);
  }
  const all = jobs.filter(({ kind }) => kind === 'cell');
  const there = all.filter((job) => existsSync(join(out, job.name)));
  const absent = all.filter((job) => !there.includes(job));
  for (const sentence of absentCells(all, absent)) complain(sentence);
  const bar = progress('reading', there.length);
  const cells: ReadCell[] = [];
  for (const [i, job] of there.entries()) {
    bar.update(i, job.name);
    cells.push(await readCell(out, job, complain));
  }
  bar.end('');
  const judges = [...new Set(cells.flatMap(({ judge }) => judge ?? []))];
  if (judges.length > 1) complain(`The cells were judged by ${judges.join(', ')}: what differs may be the judge.`);
  return {
    ...{ grid: name, models, methods: config.methods, seeds: config.seeds },
    judge: judges.join(', '),
    sweeps: Object.entries(config.sweeps).map(([sweep, { method, values, models: of }]) => ({
      ...{ name: sweep, method, values: Object.keys(values) },
      models: of ?? Object.keys(config.models),
    })),
    settings: gridSettings(config),
    cells: cells.flatMap(({ result }) => (isEmpty(result) ? [] : [result])),
    missing,
  };
}

/** Nothing was found of it. */
function isEmpty({ counts, meanTokens, heldOut }: ReadCell['result']): boolean {
  return counts === undefined && meanTokens === undefined && Object.keys(heldOut).length === 0;
}
