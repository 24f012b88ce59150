import type { GridResults, GridSweep } from '../../results/grid_results';
import { dpoOf, type Plain, plainOf, sweepKind } from '../known_sweeps';
import { meanTokens, winRate } from '../measures';
import { lengths, overSeeds, shares } from '../over_seeds';
import type { RunTest } from '../run_tests';
import type { Cell, Chart, Line, Section } from '../section';
import { testSentence } from '../test_words';
import { cellsOf, nameOf, type Which } from '../which_cells';
import { publishedSweep } from './published_sweep';

/** A value of a sweep, or what it is held against. */
type Arm = Plain;

/** A method in which one key varies, beside the method as it is and, where that is the question, DPO. */
export function sweepSection(results: GridResults, sweep: GridSweep, tests: readonly RunTest[]): Section {
  const { title, about } = sweepKind(sweep.name);
  const models = results.models.filter(({ name }) => sweep.models.includes(name)).map(({ name }) => name);
  const published = publishedSweep(sweep.name);
  const arms = armsOf(results, sweep);
  const dpo = sweepKind(sweep.name).against.includes('dpo') ? dpoOf(sweep) : undefined;
  const shown = [...arms, ...(dpo ? [{ label: 'DPO', which: dpo }] : [])];
  const rows = models.flatMap((model) =>
    shown.flatMap(({ which }): Cell[][] => {
      const cells = cellsOf(results, which, [model]);
      const [rate, tokens] = [overSeeds(cells, winRate, shares), overSeeds(cells, meanTokens, lengths)];
      if (!rate) return [];
      const length: Cell = tokens ? { unit: 'tokens', estimate: tokens.estimate } : '';
      return [[model, nameOf(which), keysOf(results, which), { unit: 'share', ...rate }, length]];
    }),
  );
  const swept = rows.some(([, name]) => typeof name === 'string' && name.includes('@'));
  return {
    id: `sweep-${sweep.name}`,
    title,
    about: [...(about ? [about] : []), ...labelledBy(results, sweep), ...(published ? [published.about] : [])],
    legend: models.map((name, place) => ({ name, place })),
    charts: swept ? [[sweepChart(results, { sweep, arms, models, dpo }), ...(published ? [published.chart] : [])]] : [],
    tables: swept
      ? [
          { header: ['model', 'method', 'keys', 'win rate', 'tokens'], rows, words: 3 },
          ...(published ? [published.table] : []),
        ]
      : [],
    findings: tests.filter((test) => test.about === `sweep ${sweep.name}`).map((test) => testSentence(test)),
  };
}

/** The values in their order, behind what they are held against, unless it is one of them; numbers by size. */
function armsOf(results: GridResults, sweep: GridSweep): Arm[] {
  const { name, method, values } = sweep;
  const plain = plainOf(results, sweep);
  const swept = values.map((value) => ({ label: value, which: { method, sweep: { name, value } } }));
  const arms = values.includes(plain.label) ? swept : [plain, ...swept];
  const numbers = arms.map(({ label }) => Number(label));
  return numbers.some(Number.isNaN) ? arms : arms.sort((a, b) => Number(a.label) - Number(b.label));
}

interface SweepShown {
  readonly sweep: GridSweep;
  readonly arms: readonly Arm[];
  readonly models: readonly string[];
  readonly dpo?: Which;
}

function sweepChart(results: GridResults, { sweep, arms, models, dpo }: SweepShown): Chart {
  const rates = (which: Which, model: string) => overSeeds(cellsOf(results, which, [model]), winRate, shares);
  const lines = models.flatMap((model, place): Line[] => {
    const level = dpo && rates(dpo, model)?.estimate.value;
    const point = level === undefined ? undefined : { estimate: { value: level, low: level, high: level, n: 0 } };
    return [
      { name: model, place, points: arms.map(({ which }) => rates(which, model)) },
      ...(point ? [{ name: `DPO, ${model}`, place, style: 'dotted' as const, points: arms.map(() => point) }] : []),
    ];
  });
  const labels = arms.map(({ label }) => axisLabel(label));
  const isScale = !arms.slice(1).some(({ label }) => Number.isNaN(Number.parseFloat(label)));
  const note = dpo && { note: 'dotted: DPO' };
  return { title: `${sweep.method}, here`, ...note, unit: 'share', labels, ...(!isScale && { apart: true }), lines };
}

/** In lines as short as its words. */
function axisLabel(label: string): string {
  return label.length > 8 ? label.replaceAll(/[ -](?=\S)/g, (sign) => `${sign.trim()}\n`) : label;
}

/** What makes a value, as the grid's file has it. */
function keysOf({ settings, sweeps }: GridResults, { sweep }: Which): string {
  if (!sweep) return '';
  const within = (value: string) => `sweeps.${sweep.name}.values.${value}.`;
  const prefix = within(sweep.value);
  // A value's name may hold a dot: what is of 1.5 begins as what is of 1.
  const values = sweeps.find(({ name }) => name === sweep.name)?.values ?? [];
  const longer = values.map(within).filter((other) => other !== prefix && other.startsWith(prefix));
  const own = settings.filter(({ key }) => key.startsWith(prefix) && !longer.some((other) => key.startsWith(other)));
  return own.map(({ key, value }) => `${key.slice(prefix.length)}: ${value}`).join(', ');
}

/** Where a sweep is trained on other feedback than the rest. */
function labelledBy({ settings }: GridResults, { name }: GridSweep): string[] {
  const by = settings.find(({ key }) => key === `sweeps.${name}.labels.by`)?.value;
  if (by === undefined) return [];
  return [
    `The feedback is not the others’: the SFT model answered, and a black box (${by}) labelled the answers, as “archangel label” does.`,
  ];
}
