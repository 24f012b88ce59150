import type { Tree } from '../../config/flags';
import type { CellPlan } from '../cells';
import { flagsOf } from '../flags_of';
import type { GridConfig } from '../grid_config';
import type { OpenJob } from '../job';
import { named, type Place } from './place';
import { trainKeys } from './training_jobs';

/** Keys that change no row that the reference is asked for. */
const elsewhere = [
  'learningRate',
  'schedule',
  'optimizer',
  'maxGradNorm',
  'lossScale',
  'warmupSteps',
  'loss',
  'weightsOutside',
];

/** The job that asks a reference, and the cells that it is for. */
export interface ReferenceJob {
  readonly job: OpenJob;
  readonly serves: readonly string[];
}

/**
 * For every reference of a model one job that asks it for all that its cells will want to know. Each would ask for its own
 * share, some of it twice where they are trained at the same time.
 *
 * @param cells trained ones, with their jobs
 */
export function referenceJobs(
  config: GridConfig,
  place: Place,
  cells: readonly { readonly cell: CellPlan; readonly job: OpenJob }[],
): ReferenceJob[] {
  const kept = cells.filter(({ cell }) => (cell.keys.reference as Tree | undefined)?.store !== 'none');
  const groups = new Map<string, typeof kept>();
  for (const one of kept) {
    const { from, labels } = one.cell;
    const reference = labels === undefined ? from : `${from}-labels-${labels}`;
    groups.set(reference, [...(groups.get(reference) ?? []), one]);
  }
  return [...groups].map(([reference, group]) => {
    const questions = new Map(
      group.map(({ cell }) => {
        const keys = Object.entries(trainKeys(config, place, cell)).filter(([key]) => !elsewhere.includes(key));
        const args = flagsOf(Object.fromEntries(keys));
        return [args.join(' '), args];
      }),
    );
    return {
      serves: group.map(({ job }) => job.name),
      job: {
        ...{ name: named(place, `reference-${reference}`), kind: 'reference', ...place },
        after: [...new Set(group.flatMap(({ job }) => job.after))],
        steps: [...questions.values()].map((args) => ({ command: 'reference', args })),
      },
    };
  });
}
