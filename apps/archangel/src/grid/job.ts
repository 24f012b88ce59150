import { createHash } from 'node:crypto';

/** A command of the app, as it could be typed. */
export interface Step {
  readonly command: 'world' | 'train' | 'reference' | 'sample' | 'label' | 'judge';
  readonly args: readonly string[];
}

/** A model of the grid: what a method, or one value of a sweep, makes of a start. */
export interface Cell {
  /** As the authors call it: `kto`, `sft+kto`, `unaligned`. */
  readonly method: string;
  readonly sweep?: { readonly name: string; readonly value: string };
}

/** A piece of a grid that is done at one place at a time, and once. */
export interface Job {
  /** Its folder below the grid's: `pythia-small/seed-1/sft+kto`. */
  readonly name: string;
  readonly kind: 'world' | 'base' | 'reference' | 'labels' | 'cell';
  readonly seed: number;
  readonly model?: string;
  readonly cell?: Cell;
  /** Names of the jobs that have to be done before. */
  readonly after: readonly string[];
  readonly steps: readonly Step[];
  /** Of its steps and of all that it comes after: where it is another, what was done has to be done again. */
  readonly fingerprint: string;
}

/** A job whose paths are not known yet: `{out}` stands for the grid's folder. */
export type OpenJob = Omit<Job, 'fingerprint'>;

/** In the place of the grid's folder, which may be moved without a job becoming another. */
export const outPlace = '{out}';

/**
 * The jobs with their fingerprints and in the grid's folder.
 *
 * @param jobs what comes before stands before
 */
export function closeJobs(jobs: readonly OpenJob[], out: string): Job[] {
  const fingerprints = new Map<string, string>();
  return jobs.map((job) => {
    const before = job.after.map((name) => fingerprints.get(name));
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([job.steps, before]))
      .digest('hex');
    fingerprints.set(job.name, fingerprint);
    const steps = job.steps.map(({ command, args }) => {
      return { command, args: args.map((arg) => arg.replaceAll(outPlace, out)) };
    });
    return { ...job, steps, fingerprint };
  });
}
