import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { InputError } from '../input_error';
import type { Grid } from './grid';
import type { Job } from './job';
import { filesOf, stateOf } from './job_state';

/** The status of a process that has waited long enough and is to be started again: EX_TEMPFAIL of sysexits.h. */
export const askAgain = 75;

/** How long to wait, and for what. */
export interface Waiting {
  /** When to give up, in milliseconds since 1970. */
  readonly until: number;
  /** What failed before is of an earlier attempt and may be tried again, likewise. */
  readonly since?: number;
  /** Between two looks, in milliseconds. */
  readonly pause?: number;
}

/**
 * Waits until all that a job comes after is done and nobody else is at the job itself.
 *
 * @returns whether that was so before `until`
 * @throws InputError where what is waited for has failed
 */
export async function waitForJobs(
  grid: Pick<Grid, 'out' | 'jobs'>,
  job: Job,
  { until, since = 0, pause = 5000 }: Waiting,
): Promise<boolean> {
  while (!(await isReady(grid, job, since))) {
    if (Date.now() >= until) return false;
    await setTimeout(Math.min(pause, until - Date.now()));
  }
  return true;
}

async function isReady(grid: Pick<Grid, 'out' | 'jobs'>, job: Job, since: number): Promise<boolean> {
  let ready = (await stateOf(grid, job)).is !== 'running';
  for (const name of job.after) {
    const before = grid.jobs.find((other) => other.name === name) as Job;
    const state = await stateOf(grid, before);
    if (state.is === 'failed' && (await failedAt(grid, before)) >= since) {
      throw new InputError(`${job.name}: comes after ${name}, which failed: ${state.why}`);
    }
    ready &&= state.is === 'done';
  }
  return ready;
}

/** Milliseconds since 1970; before all time where it is being tried again by now. */
async function failedAt(grid: Pick<Grid, 'out'>, job: Job): Promise<number> {
  const facts = await stat(filesOf(grid, job).failed).catch(() => undefined);
  return facts?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
