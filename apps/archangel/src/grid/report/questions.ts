import { unaligned } from '../cells';
import type { GridResults } from '../results/grid_results';
import { dpoOf, plainOf, sweepKind } from './known_sweeps';
import { type Measure, meanTokens, winRate, winRateOn } from './measures';
import type { Which } from './which_cells';

/** What the report asks of two methods, to be answered by a test over runs. */
export interface Question {
  /** Which part of the report asks: `methods`, `kto-dpo`, `lengths`, `sweep desirable`, `set helpful`. */
  readonly about: string;
  readonly of: Which;
  readonly against: Which;
  readonly unit: 'share' | 'tokens';
  readonly measure: Measure;
  /** On which models, in words; nothing where there is one. */
  readonly scope: string;
  readonly models: readonly string[];
}

/** KTO against DPO, from the same start. */
export const starts: readonly (readonly [kto: string, dpo: string])[] = [
  ['kto', 'dpo'],
  ['sft+kto', 'sft+dpo'],
];

/** Every question of a report, asked before any is answered, so that all can be corrected for. */
export function questionsOf(results: GridResults): Question[] {
  const scopes = scopesOf(results);
  const asked = starts.flatMap(([kto, dpo]) => {
    const pair = { of: { method: kto }, against: { method: dpo } };
    return scopes.flatMap((scope): Question[] => [
      { about: 'kto-dpo', ...pair, unit: 'share', measure: winRate, ...scope },
      { about: 'lengths', ...pair, unit: 'tokens', measure: meanTokens, ...scope },
    ]);
  });
  return [
    ...ofStarts(results),
    ...asked,
    ...results.sweeps.flatMap((sweep) => ofSweep(results, sweep)),
    ...ofSets(results),
  ];
}

/** Every method against what it starts from: SFT, or the model as it was. */
function ofStarts(results: GridResults): Question[] {
  const { methods } = results;
  const models = results.models.map(({ name }) => name);
  return methods.flatMap((method): Question[] => {
    const start = method.startsWith('sft+') ? 'sft' : unaligned;
    if (method === unaligned || !methods.includes(start)) return [];
    return [
      {
        ...{ about: 'methods', of: { method }, against: { method: start }, unit: 'share', measure: winRate },
        ...{ scope: scopeText(results, models), models },
      },
    ];
  });
}

function scopesOf(results: GridResults): Pick<Question, 'scope' | 'models'>[] {
  const { models } = results;
  const families = [...new Set(models.map(({ family }) => family))];
  const all = models.map(({ name }) => name);
  if (families.length < 2) return [{ scope: scopeText(results, all), models: all }];
  const each = families.map((family) => ({
    scope: `${family} models`,
    models: models.filter((model) => model.family === family).map(({ name }) => name),
  }));
  return [{ scope: scopeText(results, all), models: all }, ...each];
}

function scopeText({ models }: GridResults, of: readonly string[]): string {
  if (models.length < 2) return '';
  return of.length === models.length ? 'all models' : of.join(', ');
}

function ofSweep(results: GridResults, sweep: GridResults['sweeps'][number]): Question[] {
  const { name, method, values } = sweep;
  const models = sweep.models.filter((model) => results.models.some((known) => known.name === model));
  const others = sweepKind(name).against.map((other) =>
    other === 'dpo' ? dpoOf(sweep) : plainOf(results, sweep).which,
  );
  return values.flatMap((value) => {
    const of = { method, sweep: { name, value } };
    return others
      .filter(({ sweep }) => sweep?.value !== value)
      .map(
        (against): Question => ({
          ...{ about: `sweep ${name}`, of, against, unit: 'share', measure: winRate },
          ...{ scope: scopeText(results, models), models },
        }),
      );
  });
}

function ofSets(results: GridResults): Question[] {
  const models = results.models.map(({ name }) => name);
  return setsOf(results).flatMap((set) =>
    starts.map(
      ([kto, dpo]): Question => ({
        ...{ about: `set ${set}`, of: { method: kto }, against: { method: dpo } },
        ...{ unit: 'share', measure: winRateOn(set), scope: scopeText(results, models), models },
      }),
    ),
  );
}

/** The data sets of the prompts; none where there is but one. */
export function setsOf({ cells }: GridResults): string[] {
  const sets = [...new Set(cells.flatMap(({ bySet }) => Object.keys(bySet ?? {})))].sort();
  return sets.length > 1 ? sets : [];
}
