import { pairedTTest } from '@halokit/evaluation';
import { pText } from '../../../report/findings';
import type { GridResults } from '../../results/grid_results';
import { winRate } from '../measures';
import { modelText } from '../model_words';
import { type PublishedFigure, publishedDifference, publishedOf } from '../published_figures';
import { starts } from '../questions';
import { pairedRuns, type RunTest } from '../run_tests';
import type { Cell, Section, Table } from '../section';

/** KTO against DPO, run by run. */
export function ktoDpoSection(results: GridResults, tests: readonly RunTest[]): Section {
  const own = tests.filter(({ about }) => about === 'kto-dpo');
  return {
    id: 'kto-dpo',
    title: 'KTO against DPO',
    about: [
      'The win rate of KTO less that of DPO in every run, which is a model and a seed: both learn from the same feedback and are asked the same prompts. p is of a paired t test over runs, after Holm’s correction for all tests of this report; a single size is shown with its interval and not tested.',
      'Beside it the same difference of the authors’ models, with Newcombe’s interval over prompts, as if the two had been asked other prompts, each for itself.',
    ],
    charts: [],
    tables: own.length === 0 ? [] : [ourTable(results, own), theirTable()],
    findings: [],
  };
}

function ourTable(results: GridResults, tests: readonly RunTest[]): Table {
  const rows = starts.flatMap(([kto, dpo]): Cell[][] => {
    const what = `${kto} less ${dpo}`;
    const tested = tests.filter(({ of }) => of === kto);
    if (tested.length === 0) return [];
    const single = results.models.flatMap((model): Cell[][] => {
      const pair = { of: { method: kto }, against: { method: dpo } };
      const { a, b } = pairedRuns(results, { ...pair, measure: winRate, models: [model.name] });
      if (a.length === 0) return [];
      const { pValue: _, ...estimate } = pairedTTest({ a, b });
      const seeds = a.map((value, i) => value - (b[i] as number));
      return [[what, modelText(model), { unit: 'share', difference: true, estimate, seeds }, `${a.length}`, '']];
    });
    const together = tested.map(({ scope, estimate, corrected }): Cell[] => [
      ...[what, scope || (results.models[0] ? modelText(results.models[0]) : '')],
      { unit: 'share', difference: true, estimate },
      ...[`${estimate.n}`, corrected === undefined ? 'one run' : pText(corrected)],
    ]);
    return [...(results.models.length > 1 ? single : []), ...together.reverse()];
  });
  return { header: ['difference', 'models', 'win rate', 'runs', 'p, corrected (Holm)'], rows, words: 2 };
}

function theirTable(): Table {
  const rows = starts.flatMap(([kto, dpo]) => {
    const others = publishedOf(dpo);
    return publishedOf(kto).map((figure, i): Cell[] => {
      const estimate = publishedDifference(figure, others[i] as PublishedFigure);
      return [`${kto} less ${dpo}`, figure.model, { unit: 'share', difference: true, estimate }];
    });
  });
  return { title: 'The authors’ models', header: ['difference', 'model', 'win rate'], rows, words: 2 };
}
