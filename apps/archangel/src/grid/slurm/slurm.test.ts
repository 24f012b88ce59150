import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { gridOfJobs } from '../../../test/grid_of_jobs';
import { arraysOf, ranges } from './arrays';
import { runOnSlurm } from './run_on_slurm';
import { slurmOptions } from './slurm_options';

const folder = mkdtempSync(join(tmpdir(), "slurm's 100% $HOME "));
const path = process.env.PATH;
let said: string[] = [];

beforeEach(() => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((text) => said.push(String(text)));
});

afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Slurm's programs as shell scripts, first on the PATH. `$dir` is where they may keep something. */
function slurm(programs: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(folder, 'bin-'));
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\ndir='${dir.replaceAll("'", "'\\''")}'\n${body}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  vi.stubEnv('PATH', `${dir}:${path}`);
  return dir;
}

/** Says 1, 2, 3 ... and keeps what it was told. */
const sbatch = 'echo "$@" >> "$dir/told"; wc -l < "$dir/told"';

test('an array is a wave of a model, and the tasks of a job that is left stay the same', () => {
  const arrays = arraysOf(gridOfJobs('/out').jobs);
  expect(arrays.map(({ name, jobs }) => [name, ...jobs.map((job) => job.name)])).toEqual([
    ['1-world', 'world/seed-1'],
    ['2-a', 'a/seed-1/base'],
    ['2-b', 'b/seed-1/base'],
    ['3-a', 'a/seed-1/sft', 'a/seed-1/kto@desirable=10%'],
    ['3-b', 'b/seed-1/sft', 'b/seed-1/kto@desirable=10%'],
    ['4-a', 'a/seed-1/sft+kto'],
    ['4-b', 'b/seed-1/sft+kto'],
  ]);
  expect(ranges([1, 2, 3, 5, 7, 8])).toBe('1-3,5,7-8');
});

test('what is left is submitted, each array after those whose jobs it needs', async () => {
  const dir = slurm({ sbatch, squeue: 'true' });
  const grid = gridOfJobs(join(folder, 'left'), { slurm: slurmOptions.parse({ atOnce: 2, time: '4:00:00' }) });
  const left = grid.jobs.filter(({ name }) => !/^world|^b.*(base|sft)$/.test(name));
  await runOnSlurm(grid, left, {});
  const at = (name: string) => join(grid.out, 'slurm', `${name}.sbatch`);
  expect(readFileSync(join(dir, 'told'), 'utf8').trim().split('\n')).toEqual([
    `--parsable ${at('2-a')}`,
    `--parsable --dependency=afterany:1 ${at('3-a')}`,
    `--parsable ${at('3-b')}`,
    `--parsable --dependency=afterany:2 ${at('4-a')}`,
    `--parsable ${at('4-b')}`,
  ]);
  expect(readFileSync(at('3-b'), 'utf8')).toContain('#SBATCH --array=2%2\n');
  expect(existsSync(at('1-world'))).toBe(false);
  expect(said.join('\n')).toContain('  2  3-a: 2 jobs, after 2-a\n');
});

test('what Slurm has is not submitted again, and what comes after it waits for it', async () => {
  const grid = gridOfJobs(join(folder, 'queued'));
  slurm({ sbatch, squeue: 'true' });
  await runOnSlurm(grid, grid.jobs, {});
  const script = join(grid.out, 'slurm/3-a.sbatch');
  const queue = ['7|2|PENDING', '7|1|RUNNING', '6|1|COMPLETING'].map((task) => `${task}|${script}`);
  const dir = slurm({ sbatch, squeue: `cat <<'END'\n${queue.join('\n')}\n8|1|PENDING|/elsewhere.sbatch\nEND` });
  await runOnSlurm(
    grid,
    grid.jobs.filter(({ name }) => name.startsWith('a/') && !name.endsWith('base')),
    {},
  );
  const told = readFileSync(join(dir, 'told'), 'utf8');
  expect(told).toBe(`--parsable --dependency=afterany:7 ${join(grid.out, 'slurm/4-a.sbatch')}\n`);
  expect(said).toContain('  1  4-a: 1 job, after job 7');
  expect(said).toContain('Slurm has 2 jobs already.');

  const changed = { ...grid, jobs: grid.jobs.filter(({ name }) => !name.includes('kto@')) };
  await expect(runOnSlurm(changed, changed.jobs, {})).rejects.toThrow(
    '3-a: the grid has other jobs than when it was submitted, and Slurm still has some of those. ' +
      'Wait until they have ended, or take them back with: scancel 7',
  );
});

test('a script runs its task’s job, whatever the names', async () => {
  const program = `sh -c 'printf "<%s>" "$@"' archangel`;
  const setup = 'threads=7\nSLURM_CPUS_PER_TASK=$threads';
  const grid = gridOfJobs(join(folder, 'it"s & out'), {
    slurm: slurmOptions.parse({ program, setup, partition: 'a b' }),
  });
  slurm({ squeue: 'exit 1' });
  await runOnSlurm(grid, grid.jobs, { dryRun: true });
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: '2' };
  const text = execFileSync('sh', [join(grid.out, 'slurm/3-b.sbatch')], { env, encoding: 'utf8' });
  expect(text.split('\n')[1]).toBe(`<grid><job><${grid.out}><--job><b/seed-1/kto@desirable=10%><--threads><7>`);
  const script = readFileSync(join(grid.out, 'slurm/3-b.sbatch'), 'utf8');
  const logs = join(grid.out, 'slurm/logs/3-b').replaceAll('%', '%%').replaceAll('"', '\\"');
  expect(script).toContain(`#SBATCH --output="${logs}-%A_%a.log"\n`);
  expect(script).toContain('#SBATCH --partition="a b"\n');
});

test('cells that are MPI jobs: so many ranks of a launcher, as many as the model is to have, and none for a world', async () => {
  const grid = gridOfJobs(join(folder, 'ranks'), {
    slurm: slurmOptions.parse({
      ...{ program: 'archangel', launcher: 'srun --mpi=pmix', ranks: 4, cpus: 2 },
      models: { b: { ranks: 16, memory: '64G' } },
    }),
  });
  const dir = slurm({ squeue: 'exit 1', srun: 'echo "$0 $*; $SRUN_CPUS_PER_TASK $SLURM_KILL_BAD_EXIT"' });
  await runOnSlurm(grid, grid.jobs, { dryRun: true });
  const script = (name: string) => readFileSync(join(grid.out, 'slurm', `${name}.sbatch`), 'utf8');
  const asks = (name: string) => script(name).match(/(?<=^#SBATCH )--(ntasks|cpus|mem|signal)\S*/gm);
  expect(asks('1-world')).toEqual(['--cpus-per-task=2', '--signal=B:TERM@120']);
  expect(asks('3-a')).toEqual(['--ntasks=4', '--cpus-per-task=2', '--signal=B:USR2@120']);
  expect(asks('3-b')).toEqual(['--ntasks=16', '--cpus-per-task=2', '--signal=B:USR2@120', '--mem=64G']);
  expect(script('1-world')).toContain('\nexec archangel grid job ');
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: '1', SLURM_CPUS_PER_TASK: '2' };
  const text = execFileSync('sh', [join(grid.out, 'slurm/3-a.sbatch')], { env, encoding: 'utf8' });
  expect(text.split('\n')[1]).toBe(
    `${dir}/srun --mpi=pmix archangel grid job ${grid.out} --job a/seed-1/sft --threads 2; 2 1`,
  );
  expect(said.join('\n')).toContain(
    'Each job: 4 ranks of 2 cores, memory as the partition gives, time as the partition gives, partition as the cluster ' +
      'chooses; as many at once as there is room for. Each of b: 16 ranks of 2 cores, memory 64G, ',
  );
  const hydra = slurmOptions.parse({ launcher: 'mpiexec.hydra', stopSignal: 'TERM', ranks: 2 });
  await runOnSlurm({ ...grid, config: { ...grid.config, slurm: hydra } }, grid.jobs, { dryRun: true });
  expect(asks('3-b')).toEqual(['--ntasks=2', '--cpus-per-task=4', '--signal=B:TERM@120']);
});

test('the script that submits by hand submits the same', async () => {
  const dir = slurm({ sbatch, squeue: 'true' });
  const grid = gridOfJobs(join(folder, 'by hand'));
  await runOnSlurm(grid, grid.jobs, { dryRun: true });
  expect(existsSync(join(dir, 'told'))).toBe(false);
  execFileSync('sh', [join(grid.out, 'slurm/submit.sh')]);
  const byHand = readFileSync(join(dir, 'told'), 'utf8');
  rmSync(join(dir, 'told'));
  await runOnSlurm(grid, grid.jobs, {});
  expect(readFileSync(join(dir, 'told'), 'utf8')).toBe(byHand);
});

test('without Slurm, and where it refuses, it is said what to do', async () => {
  const grid = gridOfJobs(join(folder, 'refused'));
  slurm({
    squeue: 'true',
    sbatch: `${sbatch}\n[ "$(wc -l < "$dir/told")" -lt 3 ] || { echo 'sbatch: error: No.' >&2; exit 1; }`,
  });
  await expect(runOnSlurm(grid, grid.jobs, {})).rejects.toThrow(
    `${join(grid.out, 'slurm/2-b.sbatch')}: Slurm refused it: No. 2 arrays were submitted before it, and will run: 1, 2. ` +
      'Submit the rest by the same command, or take them back with: scancel 1 2',
  );
  vi.stubEnv('PATH', mkdtempSync(join(folder, 'empty-')));
  await expect(runOnSlurm(grid, grid.jobs, {})).rejects.toThrow(/^There is no squeue on the PATH\. .*--dry-run/);
  const odd = gridOfJobs(join(folder, 'back\\slash'));
  await expect(runOnSlurm(odd, odd.jobs, { dryRun: true })).rejects.toThrow(/choose a folder without \\ in its name/);
});
