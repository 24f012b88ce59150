import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadGrid } from '../grid';
import type { GridResults } from '../results/grid_results';
import { gridSettings } from '../results/grid_settings';
import { gridReportMarkdown } from './grid_report_markdown';

const committed = (name: string) => readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), 'utf8');

/** What makes it again, from nothing. */
const remadeBy = 'archangel grid run miniature && archangel grid report miniature';

test('the document of the miniature is made from its results alone, of all of its cells, with the settings that ship', async () => {
  const results: GridResults = JSON.parse(committed('miniature.json'));
  expect(committed('miniature.md')).toBe(gridReportMarkdown(results, remadeBy));
  expect(results.missing).toEqual([]);
  const { config, jobs } = await loadGrid('miniature');
  expect(results.cells).toHaveLength(jobs.filter(({ kind }) => kind === 'cell').length);
  expect(results.settings).toEqual(gridSettings(config));
});
