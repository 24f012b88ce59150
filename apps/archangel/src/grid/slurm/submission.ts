import type { Grid } from '../grid';
import type { Job } from '../job';
import { arrayFiles } from './array_files';
import { arraysOf, type JobArray } from './arrays';

/** An array of which something is to be submitted. */
export interface Submission {
  readonly array: JobArray;
  readonly script: string;
  /** Numbers of the tasks that are left, from 1. */
  readonly tasks: readonly number[];
  /** Names of the arrays submitted before it that do what its jobs come after. */
  readonly after: readonly string[];
  /** Numbers of arrays that Slurm has already and that do so too. */
  readonly afterQueued: readonly string[];
}

/**
 * What to submit so that all jobs that are left are done, in order.
 *
 * @param left jobs that are neither done nor being done
 * @param queued jobs that Slurm has already, by name: the number of the array that each is in
 */
export function submissionsOf(grid: Grid, left: readonly Job[], queued: ReadonlyMap<string, string>): Submission[] {
  const names = new Set(left.map(({ name }) => name).filter((name) => !queued.has(name)));
  const arrays = arraysOf(grid.jobs);
  const arrayOf = new Map(arrays.flatMap((array) => array.jobs.map((job) => [job.name, array.name] as const)));
  /** What each array waits for, itself or through others. */
  const behind = new Map<string, ReadonlySet<string>>();
  return arrays.flatMap((array) => {
    const open = array.jobs.filter(({ name }) => names.has(name));
    if (open.length === 0) return [];
    const before = [...new Set(open.flatMap(({ after }) => after))];
    const direct = new Set(before.filter((name) => names.has(name)).map((name) => arrayOf.get(name) as string));
    const implied = new Set([...direct].flatMap((name) => [...(behind.get(name) ?? [])]));
    behind.set(array.name, new Set([...direct, ...implied]));
    return {
      array,
      script: arrayFiles(grid, array).script,
      tasks: open.map((job) => array.jobs.indexOf(job) + 1),
      after: [...direct].filter((name) => !implied.has(name)),
      afterQueued: [...new Set(before.flatMap((name) => queued.get(name) ?? []))],
    };
  });
}
