import { defineCommand } from 'citty';
import { z } from 'zod';
import { suggestion } from '../../config/validate';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import { performLastTry } from '../../grid/last_try';
import { performJob } from '../../grid/perform_job';
import { askAgain, waitForJobs } from '../../grid/wait_for_jobs';
import { InputError } from '../../input_error';
import { fromFirst } from '../../ranks/from_first';

const options = z.strictObject({
  job: z.string().describe('the job’s name, as "archangel grid status --all" lists it'),
  wait: z
    .number()
    .min(0)
    .optional()
    .describe(
      `minutes to wait at most until the jobs before it are done; where they are not by then, the status is ${askAgain}`,
    ),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('with --wait: jobs that failed before this time are waited for as well, for they are tried again'),
  lastTry: z
    .boolean()
    .default(false)
    .describe('it is not started again: where its process is killed, those that wait for it wait no more'),
  threads: z.int().min(1).optional().describe('that compute; default: one a core'),
});

export const jobCommand = defineCommand({
  meta: { name: 'job', description: 'Do one job of a grid, unless it is done: what a cluster runs.' },
  args: gridArgs(options),
  run: ({ rawArgs }) => runJob(rawArgs),
});

async function runJob(args: readonly string[]): Promise<void> {
  const { grid, options: asked } = await askedGrid('job', args, options);
  const job = grid.jobs.find(({ name }) => name === asked.job);
  if (!job) {
    const names = grid.jobs.map(({ name }) => name);
    throw new InputError(`${grid.file}: has no job "${asked.job}".${suggestion(asked.job, names)}`);
  }
  const { wait, since } = asked;
  if (wait !== undefined) {
    const until = Date.now() + wait * 60_000;
    const waiting = { until, ...(since !== undefined && { since: Date.parse(since) }) };
    if (!(await fromFirst(() => waitForJobs(grid, job, waiting)))) {
      console.error(`${job.name}: what it comes after is not done yet. Start it again.`);
      process.exitCode = askAgain;
      return;
    }
  }
  const perform = () => performJob(grid, job, asked.threads);
  await (asked.lastTry ? performLastTry(grid, job, perform) : perform());
}
