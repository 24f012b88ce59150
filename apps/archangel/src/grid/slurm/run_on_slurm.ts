import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../input_error';
import { writeWhole } from '../../stages/run_folder';
import { commandLine, quoted } from '../../terminal/command_line';
import { whole } from '../../terminal/numbers';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { thisProgram } from '../this_program';
import { arrayFiles, listOf, slurmFolders } from './array_files';
import { arrayScript } from './array_script';
import { callSlurm, SlurmError } from './call_slurm';
import { queuedJobs } from './queue';
import { optionsFor, type SlurmOptions, slurmOptions } from './slurm_options';
import { type Submission, submissionsOf } from './submission';
import { submitScript } from './submit_script';

export interface SlurmRun {
  /** What starts archangel there, as shell words; default: what the grid says, or else the program that runs now. */
  readonly program?: string;
  /** Write the scripts, and submit nothing. */
  readonly dryRun?: boolean;
}

/**
 * Submits jobs of a grid to Slurm: an array for each wave of each model, each after those before it. Those that Slurm has
 * already are not submitted again.
 *
 * @param left jobs that are neither done nor being done
 * @throws InputError where there is no Slurm, and for what it refuses, saying what was submitted until then
 */
export async function runOnSlurm(
  grid: Grid,
  left: readonly Job[],
  { program, dryRun = false }: SlurmRun,
): Promise<void> {
  const queued = await askQueue(grid, dryRun);
  const submissions = submissionsOf(grid, left, queued);
  if (queued.size > 0) console.log(`Slurm has ${whole(queued.size)} jobs already.`);
  if (submissions.length === 0) {
    console.log(`Nothing is left to submit. See: ${commandLine('grid', 'status', grid.out)}`);
    return;
  }
  await writeScripts(grid, submissions, program);
  console.log(asked(grid));
  if (dryRun) {
    for (const submission of submissions) console.log(`  ${line(submission)}`);
    console.log(`Nothing is submitted. Submit with: sh ${quoted(submitFile(grid))}`);
    return;
  }
  await submit(submissions);
  console.log(
    `What they say: ${slurmFolders(grid).logs}\n` +
      `How far they are: ${commandLine('grid', 'status', grid.out)}; what waits: squeue --me\n` +
      `When all have ended and something is left, submit that: ${commandLine('grid', 'run', grid.out, '--on', 'slurm')}`,
  );
}

/** What Slurm has already. To write scripts alone, it need not be there. */
async function askQueue(grid: Grid, dryRun: boolean): Promise<ReadonlyMap<string, string>> {
  try {
    return await queuedJobs(grid);
  } catch (error) {
    if (!dryRun || !(error instanceof SlurmError)) throw error;
    console.log('Slurm cannot be asked here what it has already.');
    return new Map();
  }
}

async function writeScripts(grid: Grid, submissions: readonly Submission[], program?: string): Promise<void> {
  const options = grid.config.slurm ?? slurmOptions.parse({});
  const { logs } = slurmFolders(grid);
  // Slurm makes no folder for what a job says, and then says nothing of it.
  await mkdir(logs, { recursive: true });
  for (const { array, script, tasks } of submissions) {
    const [first] = array.jobs;
    const { list } = arrayFiles(grid, array);
    await writeWhole(list, listOf(array));
    await writeWhole(
      script,
      arrayScript({
        ...{ grid, name: array.name, tasks, list, logs, options: optionsFor(options, first?.model) },
        from: process.cwd(),
        program: program ?? options.program ?? thisProgram().map(quoted).join(' '),
      }),
    );
  }
  await writeWhole(submitFile(grid), submitScript(grid, submissions));
  await chmod(submitFile(grid), 0o755);
}

function submitFile(grid: Grid): string {
  return join(slurmFolders(grid).scripts, 'submit.sh');
}

async function submit(submissions: readonly Submission[]): Promise<void> {
  const ids = new Map<string, string>();
  for (const submission of submissions) {
    const { array, script, after, afterQueued } = submission;
    const before = [...after.map((name) => ids.get(name)), ...afterQueued];
    const dependency = before.length === 0 ? [] : [`--dependency=afterany:${before.join(':')}`];
    try {
      const [id = ''] = (await callSlurm('sbatch', '--parsable', ...dependency, script)).split(';');
      ids.set(array.name, id);
      console.log(`  ${id}  ${line(submission)}`);
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      throw new InputError(`${script}: Slurm refused it: ${error.message} ${submittedUntilThen([...ids.values()])}`);
    }
  }
}

function submittedUntilThen(ids: readonly string[]): string {
  if (ids.length === 0) return 'Nothing was submitted.';
  const arrays = ids.length === 1 ? '1 array was' : `${ids.length} arrays were`;
  return (
    `${arrays} submitted before it, and will run: ${ids.join(', ')}. ` +
    `Submit the rest by the same command, or take them back with: scancel ${ids.join(' ')}`
  );
}

/** `2-pythia-small: 6 jobs, after 1-world` */
function line({ array, tasks, after, afterQueued }: Submission): string {
  const before = [...after, ...afterQueued.map((id) => `job ${id}`)].join(', ');
  return `${array.name}: ${whole(tasks.length)} ${tasks.length === 1 ? 'job' : 'jobs'}${before && `, after ${before}`}`;
}

/** What a job gets, and who decided. */
function asked({ config }: Grid): string {
  const options = config.slurm ?? slurmOptions.parse({});
  const { atOnce, models } = options;
  const all = atOnce === undefined ? 'as many at once as there is room for' : `${atOnce} of an array at once at most`;
  const others = Object.keys(models).map((model) => `Each of ${model}: ${sizeOf(optionsFor(options, model))}. `);
  return `Each job: ${sizeOf(options)}; ${all}. ${others.join('')}"slurm:" in the grid's file says otherwise.`;
}

function sizeOf({ ranks, cpus, memory, time, partition }: SlurmOptions): string {
  const cores = `${cpus} ${cpus === 1 ? 'core' : 'cores'}`;
  return (
    `${ranks === 1 ? cores : `${ranks} ranks of ${cores}`}, memory ${memory ?? 'as the partition gives'}, ` +
    `time ${time ?? 'as the partition gives'}, partition ${partition ?? 'as the cluster chooses'}`
  );
}
