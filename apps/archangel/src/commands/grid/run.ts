import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { stringify } from 'yaml';
import { z } from 'zod';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import { type Grid, gridFile } from '../../grid/grid';
import type { Job } from '../../grid/job';
import { type JobState, statesOf } from '../../grid/job_state';
import { runOnKubernetes } from '../../grid/kubernetes/run_on_kubernetes';
import { runLocally } from '../../grid/local/run_locally';
import { runOnSlurm } from '../../grid/slurm/run_on_slurm';
import { InputError } from '../../input_error';
import { writeWhole } from '../../stages/run_folder';
import { whole } from '../../terminal/numbers';

const options = z.strictObject({
  on: z.enum(['local', 'slurm', 'kubernetes']).default('local').describe('where the jobs run'),
  cores: z.int().min(1).optional().describe('of this machine, to use; default: all'),
  threads: z
    .int()
    .min(1)
    .default(1)
    .describe('that compute in each job on this machine; with more, fewer jobs run at once'),
  dryRun: z.boolean().default(false).describe('on Slurm: write the scripts, and submit nothing'),
  program: z
    .string()
    .optional()
    .describe('on Slurm: what starts archangel there, as shell words; default: as it was started here'),
  redo: z.boolean().default(false).describe('do again what was done with other settings than the grid has now'),
});

export type RunOptions = z.output<typeof options>;

export const runGridCommand = defineCommand({
  meta: { name: 'run', description: 'Do all jobs of a grid that are not done.' },
  args: gridArgs(options),
  run: ({ rawArgs }) => runGrid(rawArgs),
});

async function runGrid(args: readonly string[]): Promise<void> {
  const { grid: asked, options: how } = await askedGrid('run', args, options);
  requirePlace(how);
  const states = await statesOf(asked);
  const left = leftOf(asked, states, how.redo);
  const grid = await keep(asked);
  const done = grid.jobs.length - left.length;
  console.log(
    `Grid ${grid.name}: ${whole(grid.jobs.length)} jobs, ${whole(done)} of them done. Everything is in ${grid.out}.`,
  );
  if (left.length === 0) return;
  if (how.on === 'slurm') {
    const free = left.filter(({ name }) => states.get(name)?.is !== 'running');
    await runOnSlurm(grid, free, { dryRun: how.dryRun, ...(how.program !== undefined && { program: how.program }) });
    return;
  }
  if (how.on === 'kubernetes') {
    await runOnKubernetes(grid, left);
    return;
  }
  await runLocally(grid, left, states, {
    processes: Math.max(1, Math.floor((how.cores ?? availableParallelism()) / how.threads)),
    threads: how.threads,
  });
}

/** @throws InputError for what is Slurm's alone, where another place was asked for */
function requirePlace({ on, dryRun, program }: RunOptions): void {
  if (on === 'slurm') return;
  if (dryRun) {
    throw new InputError(
      '--dry-run goes with --on slurm. "archangel grid plan" does nothing and says what there is to do.',
    );
  }
  if (program !== undefined) {
    throw new InputError('--program goes with --on slurm. Kubernetes has --kubernetes.program.');
  }
}

/** Jobs that are not done. @throws InputError where some were done otherwise, and may not be done again */
function leftOf({ jobs, out }: Grid, states: ReadonlyMap<string, JobState>, redo: boolean): Job[] {
  const changed = jobs.filter(({ name }) => states.get(name)?.is === 'changed');
  if (changed.length > 0 && !redo) {
    throw new InputError(
      `${out}: holds ${whole(changed.length)} jobs that were done with other settings than the grid has now, ` +
        `${changed[0]?.name} first. Choose another folder with --out, or do them again with --redo.`,
    );
  }
  return jobs.filter(({ name }) => states.get(name)?.is !== 'done');
}

/** Writes the grid with every key that was given, for those that do its jobs. */
async function keep(grid: Grid): Promise<Grid> {
  const file = join(grid.out, gridFile);
  await mkdir(grid.out, { recursive: true });
  const { out: _, ...config } = grid.config;
  await writeWhole(file, stringify({ ...config, name: grid.name }));
  return { ...grid, file };
}
