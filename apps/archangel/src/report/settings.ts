import { isTree } from '../config/flags';
import type { ReportRun } from './report_run';

/** A setting in each run, in the runs' order; empty where a run has not got it. */
export interface Setting {
  readonly key: string;
  readonly values: readonly string[];
}

export interface Settings {
  /** Those that are not the same in all runs. */
  readonly differing: readonly Setting[];
  readonly all: readonly Setting[];
}

/** Runs are named by their folders, which differ. */
const unremarkable = new Set(['out', 'overwrite']);

/** What the runs were told, where they ran, and how their answers were drawn. */
export function settingsOf(runs: readonly ReportRun[]): Settings {
  const flat = runs.map(({ config, facts, answers, method: aligned }) => {
    const drawn = answers.map(({ method, facts }) => [answersOf(method, aligned), facts?.settings ?? {}] as const);
    const { backend, ...rest } = facts ?? {};
    return new Map(
      flatten({ ...config, ...rest, ...(backend && { 'computed by': backend }), ...Object.fromEntries(drawn) }),
    );
  });
  const keys = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  const all = keys.map((key): Setting => ({ key, values: flat.map((settings) => settings.get(key) ?? '') }));
  const differing = all.filter(({ key, values }) => {
    // A run that was not asked for answers was not told otherwise.
    const told = key.startsWith(drawnWith) ? values.filter((value) => value !== '') : values;
    return !unremarkable.has(key) && new Set(told).size > 1;
  });
  return { differing, all };
}

const drawnWith = 'answers';

function answersOf(method: string, aligned: string | undefined): string {
  return method === aligned ? drawnWith : `${drawnWith} of ${method}`;
}

function flatten(tree: Readonly<Record<string, unknown>>, prefix = ''): [key: string, value: string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    if (isTree(value)) return flatten(value, `${prefix}${key}.`);
    return [[prefix + key, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}
