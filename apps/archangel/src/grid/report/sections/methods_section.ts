import { publishedJudge } from '../../../report/archangel_counts';
import type { CellResult, GridResults } from '../../results/grid_results';
import { winRate } from '../measures';
import { shares } from '../over_seeds';
import type { RunTest } from '../run_tests';
import type { Section } from '../section';
import { testSentence } from '../test_words';
import { type BySize, publishedTable, sizeCharts, sizeTable, startLegend } from './by_size';

/** How often answers win against the target, by method and size of the model. */
export function methodsSection(results: GridResults, tests: readonly RunTest[]): Section {
  const shown: BySize = { unit: 'share', measure: winRate, limits: shares, published: ({ rate }) => rate };
  const counted = results.cells.filter(({ counts }) => counts);
  const own = tests.filter(({ about }) => about === 'methods');
  const table = sizeTable(results, shown);
  return {
    id: 'methods',
    title: 'Methods by size',
    about: [
      'Win rate against the target: wins, and half of the ties, of all pairs that got a verdict. The mean over seeds with a 95 % interval over seeds (Student’s); the seeds’ own values stand behind it, and are the small dots.',
      ...(own.length > 0 ? ['Every method is tested against what it starts from, over all models.'] : []),
      ...withoutWins(counted),
      ...unparsed(counted),
      `The authors’ rates are counted in the same way from their own judgments by ${publishedJudge}, 512 prompts a model, with Wilson’s intervals over prompts: theirs is one run a model, and says nothing of seeds.`,
    ],
    legend: startLegend,
    charts: sizeCharts(results, shown),
    tables: table.rows.length === 0 ? [] : [table, ...publishedTable(results, shown, 'The authors’ models')],
    findings: own.map((test) => testSentence(test)),
  };
}

/** Where the target cannot be beaten, a rate is half of a share that says more. */
function withoutWins(cells: readonly CellResult[]): string[] {
  if (cells.length === 0 || cells.some(({ counts }) => counts && counts.win > 0)) return [];
  return [
    'No answer of any run won against its target: rates lie between 0 and 50 %, and twice the rate is the share of answers that the judge held to be as good as the target.',
  ];
}

function unparsed(cells: readonly CellResult[]): string[] {
  const of = (key: 'win' | 'tie' | 'loss' | 'unparsable') =>
    cells.reduce((sum, { counts }) => sum + (counts?.[key] ?? 0), 0);
  const unparsable = of('unparsable');
  if (unparsable === 0) return [];
  const all = of('win') + of('tie') + of('loss') + unparsable;
  return [`${unparsable} of ${all} answers of the judge could not be parsed, and are in no rate.`];
}
