import type { GridResults } from '../../results/grid_results';
import { winRateOn } from '../measures';
import { axisText, familyBreaks } from '../model_words';
import { overSeeds, shares } from '../over_seeds';
import { setsOf } from '../questions';
import type { RunTest } from '../run_tests';
import type { Chart, Line, Section } from '../section';
import { testSentence } from '../test_words';
import { cellsOf } from '../which_cells';
import { sizeTable } from './by_size';

/** Win rates by the data set of the prompts: helpful and harmless ones, say. */
export function setsSection(results: GridResults, tests: readonly RunTest[]): Section {
  const sets = setsOf(results);
  const { methods, models } = results;
  const found = (method: string, set: string) =>
    models.map(({ name }) => overSeeds(cellsOf(results, { method }, [name]), winRateOn(set), shares));
  const tables = sets.map((set) =>
    sizeTable(results, { unit: 'share', measure: winRateOn(set), limits: shares }, `On ${set} prompts`),
  );
  const charts = methods.flatMap((method): Chart[] => {
    const lines = sets.map((set, place): Line => ({ name: set, place, points: found(method, set) }));
    if (lines.every(({ points }) => points.every((point) => point === undefined))) return [];
    const breaks = familyBreaks(models.map(({ family }) => family));
    return [{ title: method, unit: 'share', labels: models.map(axisText), breaks, lines }];
  });
  return {
    id: 'sets',
    title: 'By kind of prompt',
    about: ['The same win rates, of the prompts of each set alone.'],
    legend: sets.map((name, place) => ({ name, place })),
    charts: charts.length === 0 ? [] : [charts],
    tables: tables.filter(({ rows }) => rows.length > 0),
    findings: tests
      .filter(({ about }) => about.startsWith('set '))
      .map((test) => `On ${test.about.slice('set '.length)} prompts ${testSentence(test)}`),
  };
}
