import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../stages/run_folder';
import { Interrupted } from '../survival/interrupted';
import type { Grid } from './grid';
import type { Job } from './job';
import { filesOf } from './job_state';

/**
 * Does a job that will not be tried again, which is written down before: a process that is killed says nothing, and who waits
 * for the job has to know that nobody will be at it any more.
 */
export async function performLastTry(grid: Pick<Grid, 'out'>, job: Job, perform: () => Promise<void>): Promise<void> {
  const { lastTry } = filesOf(grid, job);
  await mkdir(dirname(lastTry), { recursive: true });
  await writeWhole(lastTry, '');
  try {
    await perform();
  } catch (error) {
    // Who was asked to stop is started again.
    if (error instanceof Interrupted) await rm(lastTry, { force: true });
    throw error;
  }
}

/** When a job's last try began, in milliseconds since 1970; undefined where none did. */
export async function lastTriedAt(grid: Pick<Grid, 'out'>, job: Job): Promise<number | undefined> {
  return (await stat(filesOf(grid, job).lastTry).catch(() => undefined))?.mtimeMs;
}
