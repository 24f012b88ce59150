import { basename, resolve, sep } from 'node:path';
import { shortSource } from '../look/report_words';
import type { ReadRun } from './read_run';

/** A run as the report speaks of it. */
export interface ReportRun extends ReadRun {
  /** Short, and different for every run. */
  readonly label: string;
  /** The folder name of the model that the run aligned, which the run's label stands for. */
  readonly method?: string;
}

/** Gives runs their names: the last parts of their folders' paths, as many as tell them apart. */
export function reportRuns(runs: readonly ReadRun[]): ReportRun[] {
  const paths = runs.map(({ folder }) => resolve(folder).split(sep));
  const ending = (path: readonly string[], parts: number) => path.slice(-parts).join('/');
  return runs.map((run, i) => {
    const path = paths[i] as string[];
    let parts = 1;
    while (parts < path.length && paths.some((other, j) => j !== i && ending(other, parts) === ending(path, parts)))
      parts++;
    return { ...run, label: ending(path, parts), method: methodOf(run) };
  });
}

function methodOf({ stages, answers, judgings, config }: ReadRun): string | undefined {
  const of = [...stages.map(({ name }) => name), ...[...answers, ...judgings].map(({ method }) => method)];
  return of.find((name) => name !== 'sft') ?? of[0] ?? (typeof config.method === 'string' ? config.method : undefined);
}

/** What a model of a run is called: by the run, where it is the one that it aligned. */
export function modelLabel({ label, method: aligned }: ReportRun, method: string): string {
  return method === aligned ? label : `${label}/${method}`;
}

/** What a model that a file names is called: as one of these runs where it is of them. */
export function namedModel(
  { model, method }: { readonly model: string; readonly method: string },
  runs: readonly ReportRun[],
): string {
  const path = resolve(model);
  const run = runs.find(({ folder }) => path === resolve(folder) || path.startsWith(resolve(folder) + sep));
  if (run) return modelLabel(run, method);
  return basename(path) === method ? shortSource(model) : `${shortSource(model)}/${method}`;
}
