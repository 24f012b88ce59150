import type { GridResults } from '../../results/grid_results';
import type { Measure } from '../measures';
import { axisText, familyBreaks, modelText } from '../model_words';
import { type OverSeeds, overSeeds } from '../over_seeds';
import { type PublishedFigure, publishedModels, publishedOf } from '../published_figures';
import type { Cell, Chart, Line, Measured, Table } from '../section';
import { cellsOf } from '../which_cells';

/** What is shown of methods by model size, here and of the authors' models. */
export interface BySize {
  readonly unit: Measured['unit'];
  readonly measure: Measure;
  /** Between which every value lies. */
  readonly limits: readonly [number, number];
  /** The authors' figure, where they have one. */
  readonly published?: (figure: PublishedFigure) => Measured['estimate'];
}

/** What a colour stands for in charts of a method by size. */
export const startLegend = [
  { name: 'from the base', place: 0 },
  { name: 'after SFT', place: 1 },
  { name: 'SFT alone', place: 7 },
];

/** A line for every method: a column for every model. */
export function sizeTable(results: GridResults, { unit, measure, limits }: BySize, title?: string): Table {
  const { methods, models } = results;
  const rows = methods.flatMap((method): Cell[][] => {
    const cells = models.map(({ name }): Cell => {
      const found = overSeeds(cellsOf(results, { method }, [name]), measure, limits);
      return found ? { unit, ...found } : '';
    });
    return cells.every((cell) => cell === '') ? [] : [[method, ...cells]];
  });
  return { ...(title && { title }), header: ['method', ...models.map(modelText)], rows, words: 1 };
}

/** The same of the authors' models, for the methods of this grid that they have. */
export function publishedTable({ methods }: GridResults, { unit, published }: BySize, title: string): Table[] {
  if (!published) return [];
  const rows = methods.flatMap((method): Cell[][] => {
    const figures = publishedOf(method);
    return figures.length === 0
      ? []
      : [[method, ...figures.map((figure): Cell => ({ unit, estimate: published(figure) }))]];
  });
  return rows.length === 0 ? [] : [{ title, header: ['method', ...publishedModels], rows, words: 1 }];
}

/** For every method a chart of it from the base and after SFT, beside SFT alone; and where they have it, the authors'. */
export function sizeCharts(results: GridResults, shown: BySize): Chart[][] {
  const { methods, models } = results;
  const plain = methods.filter((method) => !method.startsWith('sft'));
  const after = methods.filter((method) => method.startsWith('sft+')).map((method) => method.slice('sft+'.length));
  const bases = [...new Set([...plain, ...after])];
  return bases.flatMap((base) => {
    const ours = linesOf(base, (method) => models.map(({ name }) => ourPoint(results, shown, method, name)));
    const theirs = linesOf(base, (method) => publishedOf(method).map((figure) => theirPoint(shown, figure)));
    if (ours.length === 0) return [];
    const here: Chart = {
      ...{ title: base, unit: shown.unit, labels: models.map(axisText), lines: ours },
      breaks: familyBreaks(models.map(({ family }) => family)),
    };
    const isPublished = shown.published && publishedOf(base).length > 0;
    return [isPublished ? [here, publishedChart(base, shown, theirs)] : [here]];
  });
}

function publishedChart(base: string, { unit }: BySize, lines: readonly Line[]): Chart {
  return {
    ...{ title: `${base}, the authors’`, unit, lines },
    labels: publishedModels.map((model) => model.replace(' ', '\n')),
    breaks: familyBreaks(publishedModels.map((model) => model.split(' ')[0] as string)),
  };
}

function linesOf(base: string, pointsOf: (method: string) => Line['points']): Line[] {
  const methods = [
    { name: 'sft', place: 7, style: 'dotted' as const },
    { name: base, place: 0 },
    { name: `sft+${base}`, place: 1 },
  ];
  const lines = methods.map((line) => ({ ...line, points: pointsOf(line.name) }));
  const known = lines.filter(({ points }) => points.some((point) => point !== undefined));
  return known.some(({ name }) => name !== 'sft') ? known : [];
}

function ourPoint(results: GridResults, { measure, limits }: BySize, method: string, model: string) {
  return overSeeds(cellsOf(results, { method }, [model]), measure, limits) satisfies OverSeeds | undefined;
}

function theirPoint({ published }: BySize, figure: PublishedFigure) {
  return published && { estimate: published(figure) };
}
