import { Interrupted } from '../../survival/interrupted';
import { explain } from '../../terminal/errors';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { filesOf } from '../job_state';
import { performJob } from '../perform_job';
import { printingInto } from './log_file';
import type { Assignment, Report } from './worker_messages';

/**
 * Does the jobs that the parent process sends, one at a time, until it lets go. Jobs of one model that follow each other share
 * what was compiled for it.
 */
export async function work(grid: Grid, threads: number): Promise<void> {
  const send = (report: Report) => process.send?.(report);
  const ended = new Promise<void>((resolve) => process.once('disconnect', resolve));
  process.on('message', async ({ job: name }: Assignment) => {
    const job = grid.jobs.find((one) => one.name === name) as Job;
    send(await reportOf(grid, job, threads));
  });
  send({ is: 'ready' });
  await ended;
}

async function reportOf(grid: Grid, job: Job, threads: number): Promise<Report> {
  try {
    await printingInto(filesOf(grid, job).log, () => performJob(grid, job, threads));
    return { is: 'done', job: job.name };
  } catch (error) {
    if (error instanceof Interrupted) return { is: 'interrupted', job: job.name };
    return { is: 'failed', job: job.name, why: explain(error) };
  }
}
