import type { Job } from '../job';
import { byWave, waves } from '../waves';

/** Jobs of one wave and one model, which Slurm runs as an array of tasks. */
export interface JobArray {
  /** `2-pythia-small`: its wave, and its model or what its jobs are. */
  readonly name: string;
  /** In the order of the grid: task 1 does the first. The same ones whatever is left of them, so that a task stays a job. */
  readonly jobs: readonly Job[];
}

/** All jobs as arrays, earlier waves first. No job of an array comes after another of it. */
export function arraysOf(jobs: readonly Job[]): JobArray[] {
  const wave = waves(jobs);
  const arrays = new Map<string, Job[]>();
  for (const job of byWave(jobs, jobs)) {
    const name = `${wave.get(job.name)}-${job.model ?? job.kind}`;
    arrays.set(name, [...(arrays.get(name) ?? []), job]);
  }
  return [...arrays].map(([name, jobs]) => ({ name, jobs }));
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
