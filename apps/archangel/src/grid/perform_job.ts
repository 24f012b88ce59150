import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../input_error';
import { fromFirst } from '../ranks/from_first';
import { writeWhole } from '../stages/run_folder';
import { Interrupted } from '../survival/interrupted';
import { commandLine } from '../terminal/command_line';
import { explain } from '../terminal/errors';
import { claimJob } from './claim';
import type { Grid } from './grid';
import type { Job } from './job';
import { type DoneFile, filesOf, stateOf, textOf } from './job_state';
import { performStep } from './perform_step';

/**
 * Does a job, its commands one after the other, unless it is done. What was begun goes on, unless the grid has changed since.
 * Of several ranks all do its commands, and rank 0 alone decides, and says what became of it.
 *
 * @param threads that compute; default: one a core
 * @throws InputError where a job before it is not done, or another process is at it; what its commands throw
 */
export async function performJob(grid: Grid, job: Job, threads?: number): Promise<void> {
  const files = filesOf(grid, job);
  let release: (() => Promise<void>) | undefined;
  const before = await fromFirst(async () => {
    const { is } = await stateOf(grid, job);
    if (is === 'done') return is;
    await requireBefore(grid, job);
    release = await claimJob(files.claim);
    if (release) return is;
    throw new InputError(`${job.name}: another process is at it. Wait for it, or stop it first.`);
  });
  if (before === 'done') return;
  try {
    const anew = await fromFirst(() => begin(job, files, before === 'changed'));
    const started = performance.now();
    for (const step of job.steps) {
      console.log(`\n$ ${commandLine(step.command, ...step.args)}`);
      await performStep(step, { threads, anew });
    }
    const done: DoneFile = { fingerprint: job.fingerprint, seconds: (performance.now() - started) / 1000 };
    await fromFirst(async () => {
      await mkdir(dirname(files.done), { recursive: true });
      await writeWhole(files.done, `${JSON.stringify(done)}\n`);
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) await writeFile(files.failed, explain(error));
    throw error;
  } finally {
    await release?.();
  }
}

/** Writes down that a job is being done. @returns whether what an earlier attempt left is not gone on with */
async function begin(job: Job, files: ReturnType<typeof filesOf>, changed: boolean): Promise<boolean> {
  const begun = await textOf(files.begun);
  await rm(files.done, { force: true });
  await rm(files.failed, { force: true });
  await writeWhole(files.begun, job.fingerprint);
  return changed || (begun !== undefined && begun !== job.fingerprint);
}

async function requireBefore(grid: Grid, job: Job): Promise<void> {
  for (const name of job.after) {
    const before = grid.jobs.find((other) => other.name === name) as Job;
    const { is } = await stateOf(grid, before);
    if (is === 'done') continue;
    throw new InputError(`${job.name}: comes after ${name}, which is not done (${is}). Run the grid again.`);
  }
}
