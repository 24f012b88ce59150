import { suggestion } from '../../config/validate';
import { InputError } from '../../input_error';
import { cellsOf } from '../cells';
import type { GridConfig } from '../grid_config';
import type { OpenJob } from '../job';
import { labelsJob, worldJob } from './feedback_jobs';
import type { Place } from './place';
import { referenceJobs } from './reference_jobs';
import { baseJob, cellJob } from './training_jobs';

/**
 * All jobs of a grid, what comes before before: a world for each seed; for each model and seed what makes it speak, what its
 * references say, and its cells.
 *
 * @throws InputError for methods, models and sweeps that do not go together
 */
export function expand(config: GridConfig): OpenJob[] {
  const { models, seeds } = config;
  for (const [name, { model, shape }] of Object.entries(models)) {
    if ((model === undefined) !== (shape === undefined)) continue;
    throw new InputError(`models.${name}: give either "model", a checkpoint, or "shape", of one to make here.`);
  }
  for (const [name, sweep] of Object.entries(config.sweeps)) {
    requireModels(config, sweep.models ?? [], `sweeps.${name}.models`);
  }
  requireModels(config, Object.keys(config.slurm?.models ?? {}), 'slurm.models');
  const worlds = config.world ? seeds.map((seed) => worldJob(config, seed)) : [];
  const places = Object.keys(models).flatMap((model) => seeds.map((seed) => ({ model, seed })));
  return inOrder([...worlds, ...places.flatMap((place) => jobsOf(config, place))]);
}

function jobsOf(config: GridConfig, place: Place): OpenJob[] {
  const cells = cellsOf(config, place.model).map((cell) => ({ cell, job: cellJob(config, place, cell) }));
  const references = referenceJobs(
    config,
    place,
    cells.filter(({ cell }) => cell.loss !== undefined),
  );
  const labels = new Set(cells.flatMap(({ cell }) => cell.labels ?? []));
  return [
    ...(config.models[place.model]?.shape ? [baseJob(config, place)] : []),
    ...[...labels].map((sweep) => labelsJob(config, place, sweep)),
    ...references.map(({ job }) => job),
    ...cells.map(({ job }) => {
      const asked = references.filter(({ serves }) => serves.includes(job.name)).map(({ job: { name } }) => name);
      return { ...job, after: [...job.after, ...asked] };
    }),
  ];
}

/** What a job comes after stands before it; otherwise the order stays. */
function inOrder(jobs: readonly OpenJob[]): OpenJob[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const ordered = new Set<OpenJob>();
  const place = (job: OpenJob) => {
    if (ordered.has(job)) return;
    for (const name of job.after) place(byName.get(name) as OpenJob);
    ordered.add(job);
  };
  for (const job of jobs) place(job);
  return [...ordered];
}

function requireModels({ models }: GridConfig, named: readonly string[], place: string): void {
  const unknown = named.find((model) => !Object.hasOwn(models, model));
  if (unknown === undefined) return;
  throw new InputError(`${place}: there is no model "${unknown}".${suggestion(unknown, Object.keys(models))}`);
}
