import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { InputError } from '../input_error';
import type { Grid } from './grid';
import type { Job } from './job';
import { filesOf, stateOf } from './job_state';
import { lastTriedAt } from './last_try';

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
  for (const before of beforeOf(grid, job)) {
    if ((await stateOf(grid, before)).is === 'done') continue;
    ready = false;
    const why = await failureOf(grid, before, since);
    if (why !== undefined) throw new InputError(`${job.name}: comes after ${why}`);
  }
  return ready;
}

/**
 * Why a job that is not done will not be: it failed, or one that it comes after did, of which it would leave no word itself.
 * Undefined where it may yet be done.
 */
async function failureOf(grid: Pick<Grid, 'out' | 'jobs'>, job: Job, since: number): Promise<string | undefined> {
  const state = await stateOf(grid, job);
  if (state.is === 'done' || state.is === 'running') return undefined;
  if (state.is === 'failed' && (await failedAt(grid, job)) >= since) return `${job.name}, which failed: ${state.why}`;
  if (((await lastTriedAt(grid, job)) ?? Number.NEGATIVE_INFINITY) >= since) {
    return `${job.name}, whose process was killed in its last try, for want of memory perhaps.`;
  }
  for (const before of beforeOf(grid, job)) {
    const why = await failureOf(grid, before, since);
    if (why !== undefined) return `${job.name}, and that after ${why}`;
  }
  return undefined;
}

function beforeOf({ jobs }: Pick<Grid, 'jobs'>, { after }: Job): Job[] {
  return jobs.filter(({ name }) => after.includes(name));
}

/** Milliseconds since 1970; before all time where it is being tried again by now. */
async function failedAt(grid: Pick<Grid, 'out'>, job: Job): Promise<number> {
  const facts = await stat(filesOf(grid, job).failed).catch(() => undefined);
  return facts?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
