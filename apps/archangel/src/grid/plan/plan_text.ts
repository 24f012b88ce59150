import { table } from '@halokit/evaluation';
import { remedy } from '../../plan/plan_text';
import { gigabytes } from '../../plan/units';
import { duration } from '../../terminal/duration';
import { whole } from '../../terminal/numbers';
import type { Grid } from '../grid';
import type { PlannedCell } from './plan_grid';

/** What a grid comes to and what each of its cells takes. */
export function gridPlanText(grid: Grid, cells: readonly PlannedCell[], roomBytes: number): string {
  const { config, jobs, name } = grid;
  const [models, seeds] = [Object.keys(config.models).length, config.seeds.length];
  const count = (kind: string) => jobs.filter((job) => job.kind === kind).length;
  const { examples, length } = config.plan as NonNullable<typeof config.plan>;
  const rows = cells.map(({ model, cell, parameters, peakBytes, fits, steps, seconds }) => [
    `${model}/${cell}`,
    whole(parameters),
    gigabytes(peakBytes),
    fits ? 'yes' : 'no',
    whole(steps),
    seconds ? duration(seconds.likely) : 'unknown',
  ]);
  const all = cells.reduce((sum, { seconds }) => sum + (seconds?.likely ?? 0), 0) * seeds;
  const disk = cells.reduce((sum, { diskBytes }) => sum + diskBytes, 0) * seeds;
  const needy = Object.keys(config.models).flatMap((model) => needOf(model, cells) ?? []);
  return [
    `Grid ${name}: ${whole(jobs.length)} jobs, ${whole(count('cell'))} of them cells ` +
      `(${models} ${models === 1 ? 'model' : 'models'}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}).`,
    `Training a cell on ${whole(examples)} pairs of ${whole(length)} tokens, for each seed; ${gigabytes(roomBytes)} of memory are free here:`,
    table(['cell', 'parameters', 'memory', 'fits', 'steps', 'time here'], rows),
    `All of it takes about ${duration(all)} of this machine's cores, without learning to speak, sampling and judging, and leaves ${gigabytes(disk)} of weights.`,
    ...(needy.length > 0 ? [needy.join('\n')] : []),
  ].join('\n\n');
}

/** What a model would need that does not fit. */
function needOf(model: string, cells: readonly PlannedCell[]): string | undefined {
  const own = cells.filter((cell) => cell.model === model && !cell.fits);
  const most = own.reduce<PlannedCell | undefined>((a, b) => (a && a.peakBytes >= b.peakBytes ? a : b), undefined);
  if (!most) return undefined;
  return `${model} needs ${gigabytes(most.peakBytes)} of memory (${most.cell}). ${remedy(most.fitting)}`;
}
