import type { PublishedFigure } from '../published_figures';
import { publishedDifference, publishedOf, publishedOnMistral, publishedShares } from '../published_figures';
import type { Cell, Chart, Line, Table } from '../section';

/** The authors’ own counts beside a sweep. */
export interface PublishedSweep {
  readonly about: string;
  readonly chart: Chart;
  readonly table: Table;
}

/** What the authors counted for the question of a sweep; nothing for most. */
export function publishedSweep(name: string): PublishedSweep | undefined {
  if (name === 'desirable' || name === 'undesirable') return fewer(name);
  return name === 'onePerPrompt' ? unary() : undefined;
}

function fewer(kept: 'desirable' | 'undesirable'): PublishedSweep {
  const dpo = publishedOf('dpo').find(({ model }) => model === 'Llama 7B') as PublishedFigure;
  const figures = publishedShares(kept).map((figure) => ({ ...figure, label: `${100 * figure.share}%` }));
  return {
    about: `The authors did it with Llama 7B, 256 prompts a model; their DPO of it was asked 512.`,
    ...shown('kto, Llama 7B, the authors’', figures, dpo),
  };
}

function unary(): PublishedSweep {
  const figures = publishedOnMistral();
  const of = (method: string) => figures.find((figure) => figure.method === method) as PublishedFigure;
  const kto = [
    { ...of('kto'), label: 'both' },
    { ...of('kto-unary'), label: 'one' },
  ];
  return {
    about: 'The authors did it with Mistral 7B on OASST, 512 prompts a model.',
    ...shown('kto, Mistral 7B, the authors’', kto, of('dpo')),
  };
}

function shown(
  title: string,
  figures: readonly (PublishedFigure & { readonly label: string })[],
  dpo: PublishedFigure,
): Pick<PublishedSweep, 'chart' | 'table'> {
  const { value } = dpo.rate;
  const level = { estimate: { value, low: value, high: value, n: dpo.rate.n } };
  const lines: Line[] = [
    { name: 'KTO', place: 0, points: figures.map(({ rate }) => ({ estimate: rate })) },
    { name: 'DPO', place: 0, style: 'dotted', points: figures.map(() => level) },
  ];
  const rows = [...figures, { ...dpo, label: 'DPO' }].map((figure): Cell[] => [
    figure.label,
    { unit: 'share', estimate: figure.rate },
    figure.label === 'DPO' ? '' : { unit: 'share', difference: true, estimate: publishedDifference(figure, dpo) },
    figure.meanTokens.toFixed(0),
  ]);
  return {
    chart: { title, note: 'dotted: DPO', unit: 'share', labels: figures.map(({ label }) => label), lines },
    table: { title, header: ['kept', 'win rate', 'less DPO’s', 'tokens'], rows, words: 1 },
  };
}
