import type { GridResults } from '../../results/grid_results';
import { meanTokens, targetTokens } from '../measures';
import { modelText } from '../model_words';
import { lengths, overSeeds } from '../over_seeds';
import { publishedOf } from '../published_figures';
import type { RunTest } from '../run_tests';
import type { Cell, Section } from '../section';
import { testSentence } from '../test_words';
import { cellsOf } from '../which_cells';
import { type BySize, publishedTable, sizeCharts, sizeTable, startLegend } from './by_size';

/** How long answers are, by method and size of the model. */
export function lengthsSection(results: GridResults, tests: readonly RunTest[]): Section {
  const shown: BySize = {
    ...{ unit: 'tokens', measure: meanTokens, limits: lengths },
    published: ({ meanTokens: value }) => ({ value, low: Number.NaN, high: Number.NaN, n: 512 }),
  };
  const table = sizeTable(results, shown);
  const rows = [...table.rows, ...targets(results)];
  return {
    id: 'lengths',
    title: 'Lengths of answers',
    about: [
      'Mean tokens of an answer: over seeds, as above. Answers are cut where sampling stops, so that of a model that rambles this is where it was cut.',
      `Of the authors’ models the mean alone is published; their targets have ${publishedTargets()}.`,
    ],
    legend: startLegend,
    charts: sizeCharts(results, shown),
    tables: rows.length === 0 ? [] : [{ ...table, rows }, ...publishedTable(results, shown, 'The authors’ models')],
    findings: tests.filter(({ about }) => about === 'lengths').map((test) => testSentence(test)),
  };
}

/** `94 tokens (Pythia), 105 (Llama)`. */
function publishedTargets(): string {
  const of = new Map(publishedOf('sft').map(({ model, targetTokens }) => [model.split(' ')[0], targetTokens]));
  return [...of].map(([family, tokens]) => `${tokens.toFixed(0)} tokens (${family})`).join(', ');
}

/** Of the targets, which are the same for all methods of a model. */
function targets(results: GridResults): Cell[][] {
  const { models, methods } = results;
  const header = models.map(modelText);
  const cells = models.map(({ name }): Cell => {
    const known = methods
      .map((method) => overSeeds(cellsOf(results, { method }, [name]), targetTokens, lengths))
      .filter((found) => found !== undefined)
      .sort((a, b) => b.estimate.n - a.estimate.n)[0];
    return known ? { unit: 'tokens', ...known } : '';
  });
  return header.length === 0 || cells.every((cell) => cell === '') ? [] : [['target', ...cells]];
}
