import { html, htmlTable } from '../../figures/html';
import { shortNumber } from '../../figures/ticks';
import { whole } from '../../terminal/numbers';
import type { Report, TrainedStage } from '../build_report';
import { dashes } from '../chart_frame';
import { drawTraining, drawValues } from '../draw_curves';
import { curveNote, type TrainingChart } from '../training_charts';
import { figure, legend, paragraph, type Section } from './parts';

/** How training went: all runs on one chart for each metric. */
export async function curvesSection({ charts, training, runs }: Report): Promise<Section> {
  const drawn = charts.methods.length + charts.sft.length > 0;
  if (!drawn && training.length === 0) return { id: 'curves', title: 'Training', body: '' };
  const places = runs.map(({ label }, place) => ({ name: label, place }));
  const body = [
    training.length > 0 ? trainedTable(training) : '',
    drawn
      ? paragraph(
          `${curveNote(charts)} Losses of different methods are different quantities: compare their shapes, not their heights.`,
          'faint',
        )
      : '',
    drawn ? legend(places) : '',
    await grid(charts.methods),
    charts.sft.length > 0
      ? `<details><summary>SFT, before the methods</summary>${await grid(charts.sft)}</details>`
      : '',
  ];
  return { id: 'curves', title: 'Training', body: body.filter(Boolean).join('\n') };
}

async function grid(charts: readonly TrainingChart[]): Promise<string> {
  if (charts.length === 0) return '';
  const drawn: string[] = [];
  for (const chart of charts) drawn.push(figure(chart.title, noteOf(chart), await drawTraining(chart)));
  return `<div class="charts">${drawn.join('\n')}</div>`;
}

function noteOf({ lines }: TrainingChart): string {
  const metrics = [...new Set(lines.map(({ metric }) => metric))];
  return metrics.length === 1 ? '' : metrics.map((metric, i) => `${metric} ${dashes[i % dashes.length]}`).join(', ');
}

/** What is told of a stage's beginning and end, in this order. */
const told = ['loss', 'rewards/margins', 'rewards/accuracies', 'kl', 'grad_norm', 'tokens_per_second'];

function trainedTable(training: readonly TrainedStage[]): string {
  const metrics = told.filter((name) => training.some(({ last }) => typeof last[name] === 'number'));
  const rows = training.map(({ run, stage, updates, first, last }) => [
    ...[run, stage, whole(updates)],
    ...metrics.map((name) => `${value(first[name])} → ${value(last[name])}`.replace(/^– → –$/, '')),
  ]);
  return `${htmlTable(['run', 'stage', 'updates', ...metrics], rows, 2)}
${paragraph('From the first update to the mean of the last tenth of the updates.', 'faint')}`;
}

function value(number: number | null | undefined): string {
  return typeof number === 'number' ? shortNumber(number) : '–';
}

/** What a reward was worth to each loss, with the options of the runs. */
export async function valuesSection({ values }: Report): Promise<Section> {
  const { curves, without } = values;
  const named = curves.map(({ runs, name }, place) => ({ name: `${runs.join(', ')}: ${name}`, place }));
  const body = [
    ...(curves.length === 0
      ? []
      : [
          legend(named),
          `<div class="one">${figure('Value functions', 'v(z), by the reward’s distance z from the reference point; a loss is a constant minus v(z)', await drawValues(curves))}</div>`,
        ]),
    ...without.map(({ run, why }) => `<p class="faint">${html(`${run}: ${why}.`)}</p>`),
  ];
  return { id: 'values', title: 'What a reward was worth', body: body.join('\n') };
}
