import type { Job } from '../job';

/** Jobs of one wave and one model, which Slurm runs as an array of tasks. */
export interface JobArray {
  /** `2-pythia-small`: its wave, and its model or what its jobs are. */
  readonly name: string;
  /** In the order of the grid: task 1 does the first. The same ones whatever is left of them, so that a task stays a job. */
  readonly jobs: readonly Job[];
}

/**
 * The wave of each job by name: 1 where it comes after none, else one more than the latest that it comes after.
 *
 * @param jobs what comes before stands before
 */
export function waves(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const wave = new Map<string, number>();
  for (const { name, after } of jobs) {
    wave.set(name, 1 + Math.max(0, ...after.map((before) => wave.get(before) ?? 0)));
  }
  return wave;
}

/** All jobs as arrays, earlier waves first. No job of an array comes after another of it. */
export function arraysOf(jobs: readonly Job[]): JobArray[] {
  const wave = waves(jobs);
  const arrays = new Map<string, Job[]>();
  for (const job of [...jobs].sort((a, b) => waveOf(a) - waveOf(b))) {
    const name = `${waveOf(job)}-${job.model ?? job.kind}`;
    arrays.set(name, [...(arrays.get(name) ?? []), job]);
  }
  return [...arrays].map(([name, jobs]) => ({ name, jobs }));

  function waveOf({ name }: Job): number {
    return wave.get(name) as number;
  }
}

/** Numbers of tasks as Slurm takes them: `1-3,5`. */
export function ranges(tasks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const task of tasks) {
    const last = runs.at(-1);
    if (last?.[1] === task - 1) last[1] = task;
    else runs.push([task, task]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
